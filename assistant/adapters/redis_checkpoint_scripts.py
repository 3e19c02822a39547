"""The Lua side of `RedisSaver`: each operation on a conversation's checkpoints is one atomic script, one round trip.

Keys of a conversation (one hash slot; every one expires):
    index       ZSET  namespace \\x1f checkpoint id, all of score 0, so ordered by bytes
    blobs       HASH  namespace \\x1f channel \\x1f version -> a channel's value, stored once for all its checkpoints
    checkpoint  HASH  one for each member of the index: data, metadata, parent, refs (JSON list of fields of `blobs`),
                      and its pending writes, each in a field "w" \\x1f task \\x1f position
    fence       the highest fence granted (see redis_live)
"""

from __future__ import annotations

from assistant.adapters.redis_client import FENCE_TTL_S, Script

OK, STALE, MISSING = b"ok", b"stale", b"missing"

# KEYS: index, blobs, fence. ARGV: 1 name of checkpoint keys up to the member, 2 namespace; then as each script says.
NAMES = """
local index, blobs, counter = KEYS[1], KEYS[2], KEYS[3]
local base, ns = ARGV[1], ARGV[2]
local first, last = '[' .. ns .. '\\31', '(' .. ns .. '\\32'
"""

OBEY_FENCE = f"""
local function stale(fence)
  if fence == '' then return false end
  if tonumber(fence) < (tonumber(redis.call('GET', counter)) or 0) then return true end
  redis.call('SET', counter, fence, 'EX', {FENCE_TTL_S})
  return false
end
local function refresh(member, ttl)
  redis.call('EXPIRE', index, ttl)
  redis.call('EXPIRE', blobs, ttl)
  redis.call('EXPIRE', base .. member, ttl)
end
"""

DROP_MEMBERS = """
local function drop(gone)
  local used, orphans = {}, {}
  for _, member in ipairs(redis.call('ZRANGEBYLEX', index, first, last)) do
    local refs = redis.call('HGET', base .. member, 'refs')
    for _, ref in ipairs(refs and cjson.decode(refs) or {}) do
      if gone[member] then orphans[ref] = true else used[ref] = true end
    end
  end
  for ref in pairs(orphans) do
    if not used[ref] then redis.call('HDEL', blobs, ref) end
  end
  for member in pairs(gone) do
    redis.call('DEL', base .. member)
    redis.call('ZREM', index, member)
  end
end
-- Gives what it keeps the same new time to live, so that no part of a conversation goes before another.
local function prune(keep, ttl)
  local kept, gone = 0, {}
  for _, member in ipairs(redis.call('ZREVRANGEBYLEX', index, last, first)) do
    if kept >= keep then
      gone[member] = true
    else
      redis.call('EXPIRE', base .. member, ttl)
      kept = kept + redis.call('HEXISTS', base .. member, 'data')
    end
  end
  if next(gone) then drop(gone) end
end
"""

# 3 id, 4 time to live, 5 fence or '', 6 how many to keep (0: all), 7 data, 8 metadata, 9 parent, 10 refs, then blobs.
PUT = Script(
    NAMES
    + OBEY_FENCE
    + DROP_MEMBERS
    + """
if stale(ARGV[5]) then return 'stale' end
for i = 11, #ARGV, 2 do redis.call('HSET', blobs, ARGV[i], ARGV[i + 1]) end
for _, ref in ipairs(cjson.decode(ARGV[10])) do
  if redis.call('HEXISTS', blobs, ref) == 0 then return 'missing' end
end
local member = ns .. '\\31' .. ARGV[3]
redis.call('HSET', base .. member, 'data', ARGV[7], 'metadata', ARGV[8], 'parent', ARGV[9], 'refs', ARGV[10])
redis.call('ZADD', index, 0, member)
refresh(member, ARGV[4])
prune(ARGV[6] == '0' and math.huge or tonumber(ARGV[6]), ARGV[4])
return 'ok'
"""
)

# 3 id, 4 time to live, 5 fence or '', then (command, field, value). A write to a checkpoint pruned since is dropped:
# nobody can read it, and what it led to is in the checkpoints that came after.
PUT_WRITES = Script(
    NAMES
    + OBEY_FENCE
    + """
if stale(ARGV[5]) then return 'stale' end
local member = ns .. '\\31' .. ARGV[3]
if redis.call('EXISTS', base .. member) == 0
  and redis.call('ZLEXCOUNT', index, first, last) > 0
  and redis.call('ZLEXCOUNT', index, first, '(' .. member) == 0
then return 'ok' end
for i = 6, #ARGV, 3 do redis.call(ARGV[i], base .. member, ARGV[i + 1], ARGV[i + 2]) end
redis.call('ZADD', index, 0, member)
refresh(member, ARGV[4])
return 'ok'
"""
)

# 3 id, or '' for the newest. Answers (member, fields of the checkpoint, fields of blobs) or nothing.
LOAD = Script(
    NAMES
    + """
local members = ARGV[3] ~= '' and {ns .. '\\31' .. ARGV[3]} or redis.call('ZREVRANGEBYLEX', index, last, first)
for _, member in ipairs(members) do
  local refs = redis.call('HGET', base .. member, 'refs')
  if refs then
    local values = {}
    for _, ref in ipairs(cjson.decode(refs)) do
      values[#values + 1] = ref
      values[#values + 1] = redis.call('HGET', blobs, ref)
    end
    return {member, redis.call('HGETALL', base .. member), values}
  end
end
return false
"""
)

# 3 how many to keep, 4 time to live.
PRUNE = Script(NAMES + DROP_MEMBERS + "prune(tonumber(ARGV[3]), ARGV[4])")

# 3 and on: the ids to drop.
DROP = Script(
    NAMES
    + DROP_MEMBERS
    + """
local gone = {}
for i = 3, #ARGV do gone[ns .. '\\31' .. ARGV[i]] = true end
drop(gone)
"""
)

DELETE_THREAD = Script(
    NAMES
    + """
for _, member in ipairs(redis.call('ZRANGE', index, 0, -1)) do redis.call('DEL', base .. member) end
redis.call('DEL', index, blobs)
"""
)

# Answers (fields of blobs, members, fields of each member's checkpoint).
DUMP = Script(
    NAMES
    + """
local members, checkpoints = redis.call('ZRANGE', index, 0, -1), {}
for i, member in ipairs(members) do checkpoints[i] = redis.call('HGETALL', base .. member) end
return {redis.call('HGETALL', blobs), members, checkpoints}
"""
)
