-- Read on in the stream; where there is nothing more, be known as a replica that has read all, for a term from now.
-- KEYS: the stream, the replicas, the run of the server. ARGV: replica, the last it has read, term in seconds, run.
-- False: this is not the history that was read before.
if redis.call("GET", KEYS[3]) ~= ARGV[4] then
  return false
end
local news = redis.call("XRANGE", KEYS[1], "(" .. ARGV[2], "+", "COUNT", 1000)
if #news > 0 then
  return news
end
local last = redis.call("XREVRANGE", KEYS[1], "+", "-", "COUNT", 1)
if (last[1] and last[1][1] or "0-0") ~= ARGV[2] then
  return false
end
local now = redis.call("TIME")
redis.call("HSET", KEYS[2], ARGV[1], string.format("%.3f", now[1] + now[2] / 1000000 + ARGV[3]) .. " " .. ARGV[2])
return news
