"""What Redis does in one go, in Lua. Its own clock tells the time, so those of the replicas do not matter.

Each begins with a proof as its first ARGV, and answers `other` where the store has another one: it was emptied, or
sealed with another key.

A session is a hash (`key`, `name`, `created`, `used`), the log of its rows, and a sorted set of the names under which
the provider keeps something of it, by when that ends. Two sorted sets have all sessions: by last use, and by end.
"""

from __future__ import annotations

#: A session's last use is written so seldom (seconds).
TOUCH_EVERY = 60
#: What a session consists of outlives it so long, so that none of it is missing before (seconds).
_LATER = 60
_ROWS = 1000  # that Lua hands over at once

_PROVED = "if redis.call('GET', KEYS[6]) ~= ARGV[1] then return 'other' end\n"
_SHARED = f"""{_PROVED}
local function clock() local t = redis.call('TIME') return t[1] + t[2] / 1000000 end
local function exact(number) return string.format('%.3f', number) end
local function remove()
  for _, name in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do redis.call('DEL', name) end
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  redis.call('ZREM', KEYS[4], KEYS[1]) redis.call('ZREM', KEYS[5], KEYS[1])
end
local function settle(ttl)
  local used = redis.call('HGET', KEYS[1], 'used')
  if not used then remove() return end
  local last = redis.call('ZREVRANGE', KEYS[3], 0, 0, 'WITHSCORES')
  local ends = math.max(used + ttl, tonumber(last[2] or '0'))
  if ends <= clock() then remove() return end
  redis.call('ZADD', KEYS[4], used, KEYS[1]) redis.call('ZADD', KEYS[5], exact(ends), KEYS[1])
  redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', ends * 1000))
  local later = string.format('%.0f', (ends + {_LATER}) * 1000)
  redis.call('PEXPIREAT', KEYS[2], later) redis.call('PEXPIREAT', KEYS[3], later)
  for _, name in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do redis.call('PEXPIREAT', name, later) end
end
"""

#: ARGV: proof, ttl, wrapped key, sealed name; then of what is known the sealed name, position and mark. Answers
#: the key, the name, whether the rows are all there are, and the rows from the known position on.
OPEN = (
    _SHARED
    + f"""
local now = clock()
if redis.call('EXISTS', KEYS[1]) == 0 then
  remove()
  redis.call('HSET', KEYS[1], 'key', ARGV[3], 'name', ARGV[4], 'created', exact(now), 'used', exact(now))
  settle(ARGV[2])
elseif math.abs(now - redis.call('HGET', KEYS[1], 'used')) > math.min({TOUCH_EVERY}, ARGV[2] / 2) then
  redis.call('HSET', KEYS[1], 'used', exact(now))
  settle(ARGV[2])
end
local head = redis.call('HMGET', KEYS[1], 'key', 'name')
local from = tonumber(ARGV[6])
local rows, whole
if from > 0 and head[2] == ARGV[5] then
  rows = redis.call('LRANGE', KEYS[2], from - 1, -1)
  whole = not rows[1] or string.sub(rows[1], 1, #ARGV[7]) ~= ARGV[7]
else
  whole = from > 0 or head[2] ~= ARGV[5]
end
if not rows or whole then rows = redis.call('LRANGE', KEYS[2], 0, -1) else table.remove(rows, 1) end
return {{head[1], head[2], whole and 1 or 0, rows}}
"""
)

#: ARGV: proof, sealed name, position, mark, whether nobody else may have given out anything since; then rows.
#: Answers how many rows there are now.
APPEND = (
    _SHARED
    + f"""
if redis.call('HGET', KEYS[1], 'name') ~= ARGV[2] then return 'gone' end
local from = tonumber(ARGV[3])
if ARGV[5] == '1' then
  local rows = redis.call('LRANGE', KEYS[2], math.max(from - 1, 0), -1)
  for at, row in ipairs(rows) do
    if from > 0 and at == 1 then
      if string.sub(row, 1, #ARGV[4]) ~= ARGV[4] then return 'behind' end
    elseif string.sub(row, 1, 1) ~= 'm' then return 'behind' end
  end
  if from > 0 and not rows[1] then return 'behind' end
end
for first = 6, #ARGV, {_ROWS} do
  redis.call('RPUSH', KEYS[2], unpack(ARGV, first, math.min(first + {_ROWS} - 1, #ARGV)))
end
local ends = redis.call('ZSCORE', KEYS[5], KEYS[1])
if ends then redis.call('PEXPIREAT', KEYS[2], string.format('%.0f', (ends + {_LATER}) * 1000)) end
return redis.call('LLEN', KEYS[2])
"""
)

#: ARGV: proof, ttl, id; then an end and a name for each thing that the provider keeps, the end 0 where it keeps it no
#: more.
SETTLE = (
    _SHARED
    + """
for at = 4, #ARGV, 2 do
  if ARGV[at] == '0' then redis.call('ZREM', KEYS[3], ARGV[at + 1]) redis.call('DEL', ARGV[at + 1])
  else redis.call('ZADD', KEYS[3], ARGV[at], ARGV[at + 1]) redis.call('SET', ARGV[at + 1], ARGV[3]) end
end
settle(ARGV[2])
return redis.call('EXISTS', KEYS[1])
"""
)

#: ARGV: proof. Answers the rows that were deleted with the session, false where there was none.
REMOVE = (
    _SHARED
    + """
local there = redis.call('EXISTS', KEYS[1])
local rows = redis.call('LRANGE', KEYS[2], 0, -1)
remove()
redis.call('INCR', KEYS[7])
return there == 1 and rows
"""
)

#: ARGV: proof, id, and what is sealed of what a session has its own way, "" for nothing any more.
OWN = (
    _PROVED
    + """
if ARGV[3] == '' then return redis.call('HDEL', KEYS[8], ARGV[2]) end
return redis.call('HSET', KEYS[8], ARGV[2], ARGV[3])
"""
)

#: ARGV: proof, mark, then what a session is called, its wrapped key, and that key wrapped by another master key.
#: The last is put beside the wrapped key, behind the mark, until REKEY puts it in its place.
STAGE = (
    _PROVED
    + """
for at = 3, #ARGV, 3 do
  if redis.call('HGET', ARGV[at], 'key') == ARGV[at + 1] then
    redis.call('HSET', ARGV[at], 'next', ARGV[2] .. ARGV[at + 2])
  end
end
return #ARGV
"""
)

#: ARGV: proof, mark, another proof; then id, what is sealed, and the same sealed anew for all that sessions have their
#: own way. Answers the sessions that have nothing staged behind the mark, or false where the last do not fit; then
#: nothing has changed. Else everything is as that key has it, and the answer is how many sessions there are.
REKEY = (
    _PROVED
    + f"""
local missing, found = {{}}, {{}}
for _, name in ipairs(redis.call('ZRANGE', KEYS[5], 0, -1)) do
  local key = redis.call('HGET', name, 'next')
  if key and string.sub(key, 1, #ARGV[2]) == ARGV[2] then
    found[#found + 1] = name found[#found + 1] = string.sub(key, #ARGV[2] + 1)
  elseif redis.call('EXISTS', name) == 1 then
    missing[#missing + 1] = name
    if #missing == {_ROWS} then break end
  end
end
if missing[1] then return missing end
if redis.call('HLEN', KEYS[8]) ~= (#ARGV - 3) / 3 then return false end
for at = 4, #ARGV, 3 do if redis.call('HGET', KEYS[8], ARGV[at]) ~= ARGV[at + 1] then return false end end
for at = 1, #found, 2 do redis.call('HSET', found[at], 'key', found[at + 1]) redis.call('HDEL', found[at], 'next') end
for at = 4, #ARGV, 3 do redis.call('HSET', KEYS[8], ARGV[at], ARGV[at + 2]) end
redis.call('SET', KEYS[6], ARGV[3])
return #found / 2
"""
)
ALL = (OPEN, APPEND, SETTLE, REMOVE, OWN, STAGE, REKEY)
