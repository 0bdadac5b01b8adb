-- Store a value and its place in an index, if the generations are still those its replica knows.
-- KEYS: the value, its index, all indices, the generations. ARGV: the value, its life in milliseconds, its key, when it
-- expires, what in the index has long expired, then generations: name and number of each.
for i = 6, #ARGV, 2 do
  if (redis.call("HGET", KEYS[4], ARGV[i]) or "0") ~= ARGV[i + 1] then
    return 0
  end
end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
redis.call("ZADD", KEYS[2], ARGV[4], ARGV[3])
redis.call("ZREMRANGEBYSCORE", KEYS[2], "-inf", ARGV[5])
redis.call("SADD", KEYS[3], KEYS[2])
return 1
