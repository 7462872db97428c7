using StackExchange.Redis;

namespace HttpCaching.Redis.Records;

/// <summary>The rows of a record whose bytes have been found to be in order. Reads each when it is asked for, so that a look-up needs no list of them.</summary>
/// <param name="bytes">All bytes of the record.</param>
/// <param name="position">The position of the first row.</param>
/// <param name="count">The number of rows.</param>
internal readonly struct RecordRows(Lease<byte> bytes, int position, int count)
{
    /// <summary>The number of rows.</summary>
    public int Count => count;

    /// <summary>Goes through the rows.</summary>
    public Enumerator GetEnumerator() => new(bytes, position, count);

    /// <summary>The row that is being looked at.</summary>
    internal struct Enumerator(Lease<byte> bytes, int position, int count)
    {
        private int _position = position;
        private int _content = position + (count * Record.RowBytes);
        private int _left = count;
        private RecordRow _current;

        /// <summary>The row.</summary>
        public readonly RecordRow Current => _current;

        /// <summary>Goes on to the next row.</summary>
        public bool MoveNext()
        {
            if (_left == 0 || !Record.TryReadRow(bytes.Span, _position, _content, out _current))
            {
                return false;
            }

            _left--;
            _position += Record.RowBytes;
            _content = _current.Body.End;
            return true;
        }
    }
}
