namespace HttpCaching.Redis.Scripts;

/// <summary>
/// The changes on the server, each in one step. Plain Lua 5.1 with string functions only, because engines differ in the rest.
/// Every key in use is declared. <see cref="Records.Record"/> draws the layout of a record.
/// </summary>
internal static partial class StoreScripts
{
    // KEYS root, epoch, [record of the scope]
    // ARGV stamp to set if there is none, epoch likewise, ms of a stamp's lifetime
    // Returns 1, stamp, epoch, list of useless bodies, number of the last removal
    private const string LeaseText = """
        local root = parse(ask('GET', KEYS[1]))
        local flight = tonumber(ARGV[3])
        if root then
          extend(KEYS[1], flight)
        else
          root = { ARGV[1], '', {} }
          redis.call('DEL', KEYS[1])
          save(KEYS[1], root, flight)
        end
        local epoch, number = epochOf(KEYS[2], ARGV[2])
        local gone = {}
        if KEYS[3] then
          local value = ask('GET', KEYS[3])
          if value then
            local record = parse(value)
            if not record or record[1] ~= root[1] then
              if record then for i = 1, #record[3] do drop(record[3][i], gone) end end
              redis.call('DEL', KEYS[3])
            end
          end
        end
        return { 1, root[1], epoch, gone, number }
        """;

    // KEYS root, epoch, [record of the scope], [body], sets of tags..., [set of scopes]
    // ARGV  1 first digits of the stamp, 2 epoch, 3 variant, 4 generation, 5 rank, 6 generation to replace, 7 body key, 8 ms of retention, 9 head, 10 body with checksum,
    //      11 bytes of a chunk, 12 chunks, 13 body identity, 14 URI, 15 most variants, 16 most bytes, 17 ms of a stamp's lifetime,
    //      18 channel, 19 message, 20 name in the tags' sets, 21 whether there is a scope, 22 another epoch if there is none,
    //      23 last bits of the number of the last removal, 24 their modulus, then two cells for each tag and for the origin
    private const string CommitText = """
        local k = 3
        local key = KEYS[1]
        if ARGV[21] == '1' then
          key = KEYS[3]
          k = 4
        end
        local chunks = tonumber(ARGV[12])
        local body = nil
        if chunks > 0 then
          body = KEYS[k]
          k = k + 1
        end
        local epoch, number = epochOf(KEYS[2], ARGV[22])
        if epoch ~= ARGV[2] then return { 3, epoch, number } end
        local root = parse(ask('GET', KEYS[1]))
        if not root or string.sub(root[1], 1, #ARGV[1]) ~= ARGV[1] then return { 2 } end
        if isRemoved(KEYS[2], 25, sinceOf(number, ARGV[23], ARGV[24])) then return { 3, epoch, number } end
        if body and redis.call('HLEN', body) ~= chunks then return { 4 } end

        local gone = {}
        local record = root
        if key ~= KEYS[1] then
          record = parse(ask('GET', key))
          if not record or record[1] ~= root[1] then
            if record then for i = 1, #record[3] do drop(record[3][i], gone) end end
            record = { root[1], '', {} }
          end
        end

        local time = now()
        local retention = tonumber(ARGV[8])
        local rows = { { ARGV[3] .. ARGV[4] .. ARGV[5] .. ARGV[7] .. string.format('%013.0f%07d%07d%08d', time + retention, #ARGV[9], #ARGV[10], tonumber(ARGV[11])) .. ARGV[13], ARGV[9] .. ARGV[10] } }
        for i = 1, #record[3] do
          local row = record[3][i]
          if isOver(row, time) then
            drop(row, gone)
          elseif string.sub(row[1], 1, 22) == ARGV[3] then
            if commitYields(ARGV[6], ARGV[5], row) then return { 0 } end
            drop(row, gone)
          else
            rows[#rows + 1] = row
          end
        end
        record = { root[1], ARGV[14], rows }
        while #rows > 1 and (#rows > tonumber(ARGV[15]) or sizeOf(record) > tonumber(ARGV[16])) do
          drop(rows[#rows], gone)
          rows[#rows] = nil
        end
        if sizeOf(record) > tonumber(ARGV[16]) then return { 5 } end

        local ttl = retention + tonumber(ARGV[17])
        mark(k, ARGV[20], time, ttl)
        if body then redis.call('PEXPIRE', body, string.format('%.0f', ttl + tonumber(ARGV[17]))) end
        save(key, record, ttl)
        if key ~= KEYS[1] then extend(KEYS[1], ttl) end
        tell(ARGV[18], ARGV[19])
        return { 1, gone }
        """;

    // KEYS root, epoch, [record of the scope], sets of tags..., [set of scopes]
    // ARGV  1 generation that was read, 2 variant, 3 generation, 4 rank, 5 body identity, 6 ms of retention, 7 head, 8 most bytes, 9 ms of a stamp's lifetime,
    //      10 channel, 11 message, 12 name in the tags' sets, 13 whether there is a scope, 14 first digits of the stamp, 15 epoch, 16 another epoch if there is none,
    //      17 last bits of the number of the last removal, 18 their modulus, then two cells for each tag and for the origin
    // Returns 1, list of useless bodies, key of the body or zeros.
    private const string ReplaceHeadText = """
        local epoch, number = epochOf(KEYS[2], ARGV[16])
        if epoch ~= ARGV[15] then return { 3, epoch, number } end
        local root = parse(ask('GET', KEYS[1]))
        if not root then return { 0 } end
        if string.sub(root[1], 1, #ARGV[14]) ~= ARGV[14] then return { 2 } end
        local key = KEYS[1]
        local record = root
        local k = 3
        if ARGV[13] == '1' then
          key = KEYS[3]
          k = 4
          record = parse(ask('GET', key))
          if not record or record[1] ~= root[1] then return { 0 } end
        end
        local standing = nil
        for i = 1, #record[3] do
          if string.sub(record[3][i][1], 23, 38) == ARGV[1] then standing = record[3][i] end
        end
        if not standing then return { 0 } end
        if string.sub(standing[1], 126, 141) ~= ARGV[5] then return { 6 } end

        if isRemoved(KEYS[2], 19, sinceOf(number, ARGV[17], ARGV[18])) then return { 3, epoch, number } end

        local gone = {}
        local time = now()
        local retention = tonumber(ARGV[6])
        local row = ARGV[2] .. ARGV[3] .. ARGV[4] .. string.sub(standing[1], 59, 90) .. string.format('%013.0f%07d', time + retention, #ARGV[7]) .. string.sub(standing[1], 111, 141)
        local rows = { { row, ARGV[7] .. string.sub(standing[2], standing[3] + 1) } }
        for i = 1, #record[3] do
          local other = record[3][i]
          if other ~= standing then
            if string.sub(other[1], 1, 22) == ARGV[2] then
              if not isOver(other, time) and headYields(ARGV[4], other) then return { 0 } end
              drop(other, gone)
            else
              rows[#rows + 1] = other
            end
          end
        end
        record = { record[1], record[2], rows }
        if sizeOf(record) > tonumber(ARGV[8]) then return { 5 } end

        local ttl = retention + tonumber(ARGV[9])
        mark(k, ARGV[12], time, ttl)
        save(key, record, ttl)
        if key ~= KEYS[1] then extend(KEYS[1], ttl) end
        tell(ARGV[10], ARGV[11])
        return { 1, gone, string.sub(standing[1], 59, 90) }
        """;

    // KEYS root, [record of the scope]
    // ARGV channel, message, ms of a stamp's lifetime, chosen by: generation, body or all; which ones...
    // By their bodies, because a refresh gives another generation and leaves the body.
    // Returns 1, list of useless bodies, the number of removed responses.
    private const string RemoveText = """
        local key = KEYS[#KEYS]
        local record = parse(ask('GET', key))
        local gone = {}
        if not record then
          tell(ARGV[1], ARGV[2])
          return { 1, gone, 0 }
        end
        local rows = {}
        local removed = 0
        for i = 1, #record[3] do
          local row = record[3][i]
          local matches = ARGV[4] == 'all'
          local id = string.sub(row[1], 23, 38)
          if ARGV[4] == 'body' then id = string.sub(row[1], 126, 141) end
          for j = 5, #ARGV do
            if id == ARGV[j] then matches = true end
          end
          if matches then
            removed = removed + 1
            drop(row, gone)
          else
            rows[#rows + 1] = row
          end
        end
        if removed > 0 then keep(key, record, rows, tonumber(ARGV[3])) end
        tell(ARGV[1], ARGV[2])
        return { 1, gone, removed }
        """;

    // KEYS root
    // ARGV channel, message, ms of a stamp's lifetime, another stamp
    // Returns 1, list of useless bodies. Without a stamp there is no commit to refuse.
    private const string InvalidateText = """
        local gone = {}
        local value = ask('GET', KEYS[1])
        if value then
          local root = parse(value)
          if root then
            for i = 1, #root[3] do drop(root[3][i], gone) end
            overwrite(KEYS[1], { ARGV[4], '', {} }, tonumber(ARGV[3]))
          else
            redis.call('DEL', KEYS[1])
          end
        end
        tell(ARGV[1], ARGV[2])
        return { 1, gone }
        """;

    // KEYS epoch
    // ARGV another epoch
    // Returns 1, number of the last removal by tag or of an origin, which continues.
    private const string BeginEpochText = """
        local number = ''
        if redis.call('EXISTS', KEYS[1]) == 1 then
          redis.call('PERSIST', KEYS[1])
          local _
          _, number = epochOf(KEYS[1], ARGV[1])
          redis.call('SETRANGE', KEYS[1], '0', ARGV[1] .. number)
        end
        return { 1, number }
        """;

    // KEYS epoch
    // ARGV another epoch if there is no readable one, two cells
    // Returns 1, epoch, number. Without an epoch there was no read before, and there is no number.
    private const string ForbidOriginText = """
        return { 1, forbid(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) }
        """;

    // KEYS epoch, tag
    // ARGV another epoch if there is no readable one, two cells
    // Returns 1, list of names in the tag's set that may still be valid, epoch, number. Without an epoch there was no read before, and there is no number.
    private const string RemoveTagText = """
        local time = now()
        local epoch, number = forbid(KEYS[1], ARGV[1], ARGV[2], ARGV[3])
        if not ask('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', time)) then return { 1, { '*' }, epoch, number } end
        return { 1, redis.call('ZRANGE', KEYS[2], '0', '-1'), epoch, number }
        """;

    // KEYS body
    // ARGV field, chunk, whether it is the first, ms of its lifetime
    private const string StageText = """
        if ARGV[3] ~= '1' and redis.call('EXISTS', KEYS[1]) == 0 then return { 0 } end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        return { 1 }
        """;

    // KEYS body
    // ARGV chunks, bytes of each but the last, bytes of the last
    // Returns 1 and the first chunk if all chunks exist with their lengths: then the lengths of all reads are known.
    private const string OpenText = """
        local n = tonumber(ARGV[1])
        if redis.call('HLEN', KEYS[1]) ~= n then return { 0 } end
        local each = tonumber(ARGV[2])
        for i = 0, n - 1 do
          if i == n - 1 then each = tonumber(ARGV[3]) end
          if redis.call('HSTRLEN', KEYS[1], string.format('%d', i)) ~= each then return { 0 } end
        end
        return { 1, redis.call('HGET', KEYS[1], '0') }
        """;

    /// <summary>Gives a URI without stored responses a stamp, so that a response requested now can be refused later.</summary>
    public static Script Lease { get; } = new(Common + LeaseText);

    /// <summary>Makes a response visible.</summary>
    public static Script Commit { get; } = new(Common + CommitText);

    /// <summary>Replaces the head of a body.</summary>
    public static Script ReplaceHead { get; } = new(Common + ReplaceHeadText);

    /// <summary>Removes responses of one record.</summary>
    public static Script Remove { get; } = new(Common + RemoveText);

    /// <summary>Removes all responses of a URI, by giving it another stamp: records of scopes count only with the stamp of their writing.</summary>
    public static Script Invalidate { get; } = new(Common + InvalidateText);

    /// <summary>Refuses all commits of a bucket whose snapshots were read before.</summary>
    public static Script BeginEpoch { get; } = new(Common + BeginEpochText);

    /// <summary>Refuses the commits of a bucket and an origin whose snapshots were read before.</summary>
    public static Script ForbidOrigin { get; } = new(Common + ForbidOriginText);

    /// <summary>Refuses the commits of a bucket with a tag whose snapshots were read before, and returns the responses with the tag.</summary>
    public static Script RemoveTag { get; } = new(Common + RemoveTagText);

    /// <summary>Writes a chunk of a body that is not visible yet.</summary>
    public static Script Stage { get; } = new(StageText);

    /// <summary>Checks that a body is complete.</summary>
    public static Script Open { get; } = new(OpenText);
}
