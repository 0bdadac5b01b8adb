-- Make all edits if every record is what its edit says it must be. KEYS: for each edit, the records and the order of
-- its kind. ARGV: for each edit its key, what must be there and what shall be ("" is nothing, else "=" and the record).
local count = #KEYS / 2
for i = 1, count do
  local found = redis.call("HGET", KEYS[2 * i - 1], ARGV[3 * i - 2])
  if (found and "=" .. found or "") ~= ARGV[3 * i - 1] then
    return 0
  end
end
for i = 1, count do
  local key, after = ARGV[3 * i - 2], ARGV[3 * i]
  if after == "" then
    redis.call("HDEL", KEYS[2 * i - 1], key)
    redis.call("ZREM", KEYS[2 * i], key)
  else
    redis.call("HSET", KEYS[2 * i - 1], key, after:sub(2))
    redis.call("ZADD", KEYS[2 * i], 0, key)
  end
end
return 1
