-- Some records of a kind with their keys, in order. KEYS: its records, its order. ARGV: from which key, how many at most.
local answer = {}
for _, key in ipairs(redis.call("ZRANGEBYLEX", KEYS[2], ARGV[1], "+", "LIMIT", 0, ARGV[2])) do
  answer[#answer + 1] = key
  answer[#answer + 1] = redis.call("HGET", KEYS[1], key)
end
return answer
