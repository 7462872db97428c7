namespace HttpCaching.Redis.Scripts;

internal static partial class StoreScripts
{
    /// <summary>The common beginning of several scripts: reading and writing records, telling of changes, keeping tags.</summary>
    private const string Common = """
        local W = 141
        local ZEROS = string.rep('0', 32)

        local function now()
          local t = redis.call('TIME')
          return t[1] * 1000 + math.floor(t[2] / 1000)
        end

        -- Calls with a command that asks for a type. A key of another type is none of ours, or damaged, and would be in the way for ever: it is deleted, and the
        -- answer is nil.
        local function ask(command, key, ...)
          local v = redis.pcall(command, key, ...)
          if type(v) ~= 'table' or not v.err then return v end
          if not string.find(v.err, 'WRONGTYPE', 1, true) then error(v.err) end
          redis.call('DEL', key)
          return nil
        end

        local function parse(v)
          if not v or #v < 27 or string.sub(v, 1, 4) ~= 'CCR3' then return nil end
          local n = tonumber(string.sub(v, 21, 22))
          local u = tonumber(string.sub(v, 23, 27))
          if not n or not u then return nil end
          local rows = {}
          local p = 28 + u
          local b = p + n * W
          for i = 1, n do
            local row = string.sub(v, p, p + W - 1)
            local h = tonumber(string.sub(row, 104, 110))
            local l = tonumber(string.sub(row, 111, 117))
            if not h or not l then return nil end
            rows[i] = { row, string.sub(v, b, b + h + l - 1), h }
            p = p + W
            b = b + h + l
          end
          if b ~= #v + 1 then return nil end
          return { string.sub(v, 5, 20), string.sub(v, 28, 27 + u), rows }
        end

        local function sizeOf(r)
          local size = 27 + #r[2]
          for i = 1, #r[3] do size = size + W + #r[3][i][2] end
          return size
        end

        local function save(key, r, ttl)
          local parts = { 'CCR3', r[1], string.format('%02d%05d', #r[3], #r[2]), r[2] }
          for i = 1, #r[3] do parts[#parts + 1] = r[3][i][1] end
          for i = 1, #r[3] do parts[#parts + 1] = r[3][i][2] end
          local standing = redis.call('PTTL', key)
          if standing > ttl then ttl = standing end
          redis.call('SET', key, table.concat(parts), 'PX', string.format('%.0f', ttl))
        end

        -- An engine that is out of memory refuses to write, but not to set an expiry, and after that not to write either. Deleting would do as well, but
        -- while a slot is on its way to another server what is gone must not be written here again: the script would end between the two.
        local function overwrite(key, r, ttl)
          redis.call('PEXPIRE', key, string.format('%.0f', ttl))
          save(key, r, ttl)
        end

        local function extend(key, ttl)
          if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, string.format('%.0f', ttl)) end
        end

        local function drop(row, gone)
          local body = string.sub(row[1], 59, 90)
          if body ~= ZEROS then gone[#gone + 1] = body end
        end

        -- Whether a head yields to a standing row: StoredResponse.YieldsTo. Ranks are as many digits, so that their order as texts is theirs as numbers.
        local function headYields(rank, row)
          return string.sub(row[1], 39, 58) > rank
        end

        -- Whether a commit yields to a standing row: StoreCommit.YieldsTo.
        local function commitYields(replaces, rank, row)
          return string.sub(row[1], 23, 38) ~= replaces and headYields(rank, row)
        end

        -- Whether a row is of no use any more.
        local function isOver(row, time)
          return tonumber(string.sub(row[1], 91, 103)) <= time
        end

        -- Leaves these rows of a record.
        local function keep(key, r, rows, ttl)
          if #rows == 0 and key ~= KEYS[1] then
            redis.call('DEL', key)
          else
            local uri = r[2]
            if #rows == 0 then uri = '' end
            overwrite(key, { r[1], uri, rows }, math.max(redis.call('PTTL', key), ttl))
          end
        end

        local function tell(channel, message)
          if channel ~= '' then redis.call('PUBLISH', channel, message) end
        end

        local function mark(first, member, time, ttl)
          for i = first, #KEYS do
            if not ask('ZREMRANGEBYSCORE', KEYS[i], '-inf', string.format('%.0f', time)) then
              redis.call('ZADD', KEYS[i], '+inf', '*')
            end
            local standing = redis.call('ZSCORE', KEYS[i], member)
            if not standing or tonumber(standing) < time + ttl then
              redis.call('ZADD', KEYS[i], string.format('%.0f', time + ttl), member)
            end
            extend(KEYS[i], ttl)
          end
        end

        -- The epoch of a bucket and the number of its last removal by tag or of an origin; another one if there is none.
        local function epochOf(key, fresh)
          local v = ask('GETRANGE', key, '0', '28')
          if not v or #v ~= 29 or not string.find(v, '^%x+$') then
            v = fresh .. string.format('%013.0f', now())
            redis.call('SET', key, v)
          end
          return string.sub(v, 1, 16), string.sub(v, 17, 29)
        end

        -- Notes a removal in two cells; answers the epoch and the number of the removal. Without an epoch no process has read anything: then both are empty.
        local function forbid(key, fresh, first, second)
          if redis.call('EXISTS', key) ~= 1 then return '', '' end
          -- Changes nothing; but an engine that is out of memory lets a script go on writing that has begun to.
          redis.call('PERSIST', key)
          local epoch, number = epochOf(key, fresh)
          number = string.format('%013.0f', math.max(tonumber(number) + 1, now()))
          redis.call('SETRANGE', key, '16', number)
          redis.call('SETRANGE', key, first, number)
          redis.call('SETRANGE', key, second, number)
          return epoch, number
        end

        -- The number of the last removal when a snapshot was read, of which its mark tells the last bits.
        local function sinceOf(number, mark, range)
          return tonumber(number) - (tonumber(number) - tonumber(mark)) % tonumber(range)
        end

        -- Whether one of the tags, or of the origin, was removed after a number was the last. Each has two cells, which it may share with others: only both of them tell.
        local function isRemoved(key, first, since)
          local function last(at) return tonumber(redis.call('GETRANGE', key, at, string.format('%.0f', at + 12))) or 0 end
          for i = first, #ARGV, 2 do
            if last(ARGV[i]) > since and last(ARGV[i + 1]) > since then return true end
          end
          return false
        end

        """;
}
