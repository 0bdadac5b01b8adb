-- Be known as a replica that has read all, for a term from now: one that holds nothing in memory.
-- KEYS: the stream, the replicas, the run of the server, the generations. ARGV: replica, term in seconds, run.
-- False: another run. Else the last of the stream, and the generations.
if redis.call("GET", KEYS[3]) ~= ARGV[3] then
  return false
end
local last = redis.call("XREVRANGE", KEYS[1], "+", "-", "COUNT", 1)
local read = last[1] and last[1][1] or "0-0"
local now = redis.call("TIME")
redis.call("HSET", KEYS[2], ARGV[1], string.format("%.3f", now[1] + now[2] / 1000000 + ARGV[2]) .. " " .. read)
return { read, redis.call("HGETALL", KEYS[4]) }
