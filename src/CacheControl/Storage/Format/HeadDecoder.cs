namespace HttpCaching.Storage.Format;

/// <summary>Bytes to facts.</summary>
internal static class HeadDecoder
{
    /// <summary>
    /// Reads key and head. They are valid only if the reader has met no damage. For texts that equal those of <paramref name="likely"/>, it uses
    /// the same instances.
    /// </summary>
    public static StoredResponse Read(ref HeadReader reader, CacheKey likely, out CacheKey key)
    {
        reader.ReadUInt32();
        reader.ReadByte();
        var flags = reader.ReadByte();
        reader.Require((flags & ~HeadLayout.AllFlags) == 0);
        var statusCode = reader.ReadUInt16();
        reader.Require(HeadLayout.IsStatusCode(statusCode));
        reader.ReadUInt32();
        var httpVersion = VersionOf(reader.ReadByte(), reader.ReadByte());
        reader.Require(reader.ReadUInt16() == 0);
        var times = new ExchangeTimes(ReadTime(ref reader), ReadTime(ref reader));
        var bodyLength = reader.ReadInt64(least: -1);
        var rank = reader.ReadInt64();
        var generation = reader.ReadInt64();
        var bodyId = reader.ReadInt64();
        TimeSpan? age = (flags & HeadLayout.AgeFlag) == 0 ? null : TimeSpan.FromTicks(reader.ReadInt64(least: 0));
        PartRange? part = (flags & HeadLayout.PartFlag) == 0 ? null : new PartRange(reader.ReadInt64(least: 0), reader.ReadInt64(least: -1));
        key = new CacheKey(reader.ReadRequiredText(likely.Uri), reader.ReadText(likely.Scope));
        return new StoredResponse
        {
            // In the order of the bytes.
            TargetUri = reader.ReadText() ?? key.Uri,
            Method = Checked(ref reader, reader.ReadRequiredText("GET"), HeadText.IsToken),
            StatusCode = statusCode,
            ReasonPhrase = Checked(ref reader, reader.ReadText("OK"), HeadText.IsOneLine),
            HttpVersion = httpVersion,
            Times = times,
            AgeValue = age,
            BodyLength = bodyLength,
            Part = part,
            IsDecoded = (flags & HeadLayout.DecodedFlag) != 0,
            MustValidate = (flags & HeadLayout.MustValidateFlag) != 0,
            HadCredentials = (flags & HeadLayout.CredentialsFlag) != 0,
            IsMarkedStale = (flags & HeadLayout.MarkedStaleFlag) != 0,
            TagIsUnreliable = (flags & HeadLayout.UnreliableTagFlag) != 0,
            Rank = rank,
            Generation = generation,
            BodyId = bodyId,
            Variant = reader.ReadRequiredText(),
            SelectingFields = ReadSelectingFields(ref reader),
            Fields = ReadFields(ref reader),
            Tags = ReadTags(ref reader),
            FurtherSelections = (flags & HeadLayout.FurtherSelectionsFlag) == 0 ? [] : ReadFurtherSelections(ref reader),
        };
    }

    private static string Checked(ref HeadReader reader, string? text, Func<string, bool> isAllowed)
    {
        reader.Require(text is null || isAllowed(text));
        return text!;
    }

    private static DateTimeOffset ReadTime(ref HeadReader reader)
    {
        var ticks = reader.ReadInt64(DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks);
        return reader.IsDamaged ? default : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private static SelectingFields ReadSelectingFields(ref HeadReader reader)
    {
        var count = reader.ReadCount(leastBytes: 2);
        if (count == 0)
        {
            return SelectingFields.None;
        }

        var fields = new SelectingField[count];
        for (var i = 0; i < count && !reader.IsDamaged; i++)
        {
            var name = reader.ReadName();
            fields[i] = new SelectingField(name, reader.ReadText());
            reader.Require(HeadText.IsOneLine(fields[i].Value));
        }

        return new SelectingFields(fields);
    }

    private static SelectingFields[] ReadFurtherSelections(ref HeadReader reader)
    {
        var count = reader.ReadCount(leastBytes: 1);
        reader.Require(count > 0);
        var selections = new SelectingFields[count];
        for (var i = 0; i < count && !reader.IsDamaged; i++)
        {
            selections[i] = ReadSelectingFields(ref reader);
        }

        return selections;
    }

    private static HttpFields ReadFields(ref HeadReader reader)
    {
        var count = reader.ReadCount(leastBytes: 2);
        if (count == 0)
        {
            return HttpFields.Empty;
        }

        var lines = new FieldLine[count];
        for (var i = 0; i < count && !reader.IsDamaged; i++)
        {
            var name = reader.ReadName();
            lines[i] = new FieldLine(name, reader.ReadRequiredText());
            reader.Require(HeadText.IsOneLine(lines[i].Value));
        }

        return new HttpFields(lines);
    }

    private static string[] ReadTags(ref HeadReader reader)
    {
        var count = reader.ReadCount(leastBytes: 1);
        var tags = count == 0 ? [] : new string[count];
        for (var i = 0; i < count && !reader.IsDamaged; i++)
        {
            tags[i] = reader.ReadRequiredText();
        }

        return tags;
    }

    private static Version VersionOf(byte major, byte minor) => (major, minor) switch
    {
        (1, 1) => System.Net.HttpVersion.Version11,
        (2, 0) => System.Net.HttpVersion.Version20,
        (3, 0) => System.Net.HttpVersion.Version30,
        (1, 0) => System.Net.HttpVersion.Version10,
        _ => new Version(major, minor),
    };
}
