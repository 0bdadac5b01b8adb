-- Keep a claim for so many milliseconds more, or for 0 give it up, if it is still one's own. KEYS: the claim. ARGV: its
-- token, milliseconds.
if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 0
end
if ARGV[2] == "0" then
  redis.call("DEL", KEYS[1])
else
  redis.call("PEXPIRE", KEYS[1], ARGV[2])
end
return 1
