-- Write all states if every one is still what it was. KEYS: the budgets' states.
-- ARGV: what each must hold ("" is nothing, else "=" and the state), then what each shall hold.
local count = #KEYS
for i = 1, count do
  local found = redis.call("GET", KEYS[i])
  if (found and "=" .. found or "") ~= ARGV[i] then
    return 0
  end
end
for i = 1, count do
  redis.call("SET", KEYS[i], ARGV[count + i])
end
return 1
