namespace HttpCaching.Storage.Format;

/// <summary>Facts to bytes.</summary>
internal static class HeadEncoder
{
    /// <summary>The most bytes that <see cref="Write"/> writes.</summary>
    public static int MostBytes(CacheKey key, StoredResponse response)
    {
        var most = HeadLayout.FixedBytes + HeadLayout.OptionalBytes + (3L * HeadLayout.CountBytes) + HeadLayout.ChecksumBytes
            + HeadBuffer.MostBytes(key.Uri) + HeadBuffer.MostBytes(key.Scope) + HeadBuffer.MostBytes(response.TargetUri)
            + HeadBuffer.MostBytes(response.Method) + HeadBuffer.MostBytes(response.ReasonPhrase) + HeadBuffer.MostBytes(response.Variant);
        most += MostBytes(response.SelectingFields) + HeadLayout.CountBytes;
        foreach (var selection in response.FurtherSelections)
        {
            most += MostBytes(selection) + HeadLayout.CountBytes;
        }

        foreach (var line in response.Fields.Lines)
        {
            most += 1 + HeadBuffer.MostBytes(line.Name) + HeadBuffer.MostBytes(line.Value);
        }

        foreach (var tag in response.Tags)
        {
            most += HeadBuffer.MostBytes(tag);
        }

        return checked((int)most);
    }

    /// <summary>Writes a head that <see cref="ThrowIfUnreadable"/> accepts.</summary>
    public static void Write(ref HeadBuffer buffer, CacheKey key, StoredResponse response)
    {
        WriteFacts(ref buffer, response);
        buffer.WriteText(key.Uri);
        buffer.WriteText(key.Scope);
        buffer.WriteText(string.Equals(response.TargetUri, key.Uri, StringComparison.Ordinal) ? null : response.TargetUri);
        buffer.WriteText(response.Method);
        buffer.WriteText(response.ReasonPhrase);
        buffer.WriteText(response.Variant);
        WriteLists(ref buffer, response);
        buffer.SetUInt32(HeadLayout.LengthPosition, (uint)(buffer.Length + HeadLayout.ChecksumBytes));
        buffer.WriteUInt32(HeadLayout.Checksum(buffer.Written));
    }

    /// <summary>Refuses a head that <see cref="HeadDecoder"/> would take for damaged.</summary>
    /// <exception cref="ArgumentException">The head holds a value that a reader would refuse.</exception>
    public static void ThrowIfUnreadable(StoredResponse response)
    {
        Require(HeadText.IsToken(response.Method), "The method is no token.");
        Require(HeadLayout.IsStatusCode(response.StatusCode), "The status code has not three digits.");
        Require(HeadText.IsOneLine(response.ReasonPhrase), "The reason phrase holds CR, LF or NUL.");
        Require(response.HttpVersion is { Major: <= byte.MaxValue, Minor: <= byte.MaxValue }, "The HTTP version is above 255.");
        Require(response.AgeValue is null || response.AgeValue >= TimeSpan.Zero, "The age is negative.");
        Require(response.BodyLength >= -1, "The body length is negative.");
        Require(response.Part is null or { First: >= 0, Total: >= -1 }, "The part lies outside of any representation.");
        Require(response.SelectingFields);
        foreach (var selection in response.FurtherSelections)
        {
            Require(selection);
        }

        foreach (var line in response.Fields.Lines)
        {
            Require(HeadText.IsToken(line.Name), "A field name is no token.");
            Require(HeadText.IsOneLine(line.Value), "A field value holds CR, LF or NUL.");
        }
    }

    private static void Require(SelectingFields selection)
    {
        foreach (var field in selection.Fields)
        {
            Require(HeadText.IsToken(field.Name), "The name of a selecting field is no token.");
            Require(HeadText.IsOneLine(field.Value), "The value of a selecting field holds CR, LF or NUL.");
        }
    }

    private static long MostBytes(SelectingFields selection)
    {
        var most = 0L;
        foreach (var field in selection.Fields)
        {
            most += 1 + HeadBuffer.MostBytes(field.Name) + HeadBuffer.MostBytes(field.Value);
        }

        return most;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message, "response");
        }
    }

    private static void WriteFacts(ref HeadBuffer buffer, StoredResponse response)
    {
        var flags = (response.IsDecoded ? HeadLayout.DecodedFlag : 0)
            | (response.MustValidate ? HeadLayout.MustValidateFlag : 0)
            | (response.HadCredentials ? HeadLayout.CredentialsFlag : 0)
            | (response.AgeValue is null ? 0 : HeadLayout.AgeFlag)
            | (response.Part is null ? 0 : HeadLayout.PartFlag)
            | (response.FurtherSelections.Count == 0 ? 0 : HeadLayout.FurtherSelectionsFlag)
            | (response.TagIsUnreliable ? HeadLayout.UnreliableTagFlag : 0)
            | (response.IsMarkedStale ? HeadLayout.MarkedStaleFlag : 0);
        buffer.WriteBytes(HeadLayout.Magic);
        buffer.WriteByte(HeadLayout.Version);
        buffer.WriteByte((byte)flags);
        buffer.WriteUInt16((ushort)response.StatusCode);
        buffer.WriteUInt32(0);
        buffer.WriteByte((byte)response.HttpVersion.Major);
        buffer.WriteByte((byte)response.HttpVersion.Minor);
        buffer.WriteUInt16(0);
        buffer.WriteInt64(response.Times.RequestTime.UtcTicks);
        buffer.WriteInt64(response.Times.ResponseTime.UtcTicks);
        buffer.WriteInt64(response.BodyLength);
        buffer.WriteInt64(response.Rank);
        buffer.WriteInt64(response.Generation);
        buffer.WriteInt64(response.BodyId);
        if (response.AgeValue is { } age)
        {
            buffer.WriteInt64(age.Ticks);
        }

        if (response.Part is { } part)
        {
            buffer.WriteInt64(part.First);
            buffer.WriteInt64(part.Total);
        }
    }

    private static void WriteLists(ref HeadBuffer buffer, StoredResponse response)
    {
        WriteSelection(ref buffer, response.SelectingFields);
        buffer.WriteVarInt((uint)response.Fields.Count);
        foreach (var line in response.Fields.Lines)
        {
            buffer.WriteName(line.Name);
            buffer.WriteText(line.Value);
        }

        buffer.WriteVarInt((uint)response.Tags.Count);
        foreach (var tag in response.Tags)
        {
            buffer.WriteText(tag);
        }

        if (response.FurtherSelections.Count > 0)
        {
            buffer.WriteVarInt((uint)response.FurtherSelections.Count);
            foreach (var selection in response.FurtherSelections)
            {
                WriteSelection(ref buffer, selection);
            }
        }
    }

    private static void WriteSelection(ref HeadBuffer buffer, SelectingFields selection)
    {
        buffer.WriteVarInt((uint)selection.Fields.Count);
        foreach (var field in selection.Fields)
        {
            buffer.WriteName(field.Name);
            buffer.WriteText(field.Value);
        }
    }
}
