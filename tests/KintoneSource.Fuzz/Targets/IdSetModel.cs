namespace KintoneSource.Fuzz.Targets;

/// <summary>
/// The text of an id set read once more, bit by bit and from the description of the format alone (docs/decisions/0003-known-ids-encoding.md,
/// the comments of IdSetCodec and ChunkCodec): shares no code with the connector.
/// </summary>
static class IdSetModel
{
    const int Width = 65_536;
    const long MaxIds = 1L << 25;
    const long MaxKey = long.MaxValue / Width;

    /// <returns>Ranges of ids, first and last, ascending; null where the text means nothing.</returns>
    public static List<(long First, long Last)>? Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || text[..colon].TrimStart('0') != "1" || colon > 9) return null;
        byte[] bytes;
        try { bytes = Convert.FromBase64String(text[(colon + 1)..]); }
        catch (FormatException) { return null; }
        if (bytes.Length < 4 || Crc32C(bytes.AsSpan(4)) != BitConverter.ToUInt32(bytes)) return null;
        return new Reader(bytes).Chunks();
    }

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        }
        return ~crc;
    }

    sealed class Reader(byte[] bytes)
    {
        long _bit = 4 * 8;
        bool _isBroken;

        public List<(long, long)>? Chunks()
        {
            List<(long, long)> ranges = [];
            var (next, total) = ((Int128)0, 0L);
            while (_bit < bytes.Length * 8L)
            {
                var key = next + Varint();
                if (_isBroken || key > MaxKey) return null;
                var first = ranges.Count;
                Chunk((long)key * Width, ranges);
                if (_isBroken) return null;
                foreach (var (from, to) in ranges.Skip(first)) total += to - from + 1;
                if (total > MaxIds || (key == 0 && ranges[first].Item1 == 0)) return null;
                next = key + 1;
            }
            return ranges;
        }

        void Chunk(long start, List<(long, long)> ranges)
        {
            var tag = Varint();
            if (_isBroken) return;
            if (tag == 0)
            {
                ranges.Add((start, start + Width - 1));
                return;
            }
            var before = ranges.Count;
            if (tag == 1)
            {
                for (var i = 0; i < Width && !_isBroken; i++)
                    if (Bit()) Add(ranges, before, start + i, 1);
                _isBroken |= ranges.Count == before;
                return;
            }
            if (tag > (Width / 2) + 1) { _isBroken = true; return; }
            var position = Varint();
            var parameters = (int)Byte();
            for (var run = tag - 1; !_isBroken; run--)
            {
                var length = Rice(parameters >> 4) + 1;
                if (_isBroken || position + length > Width) { _isBroken = true; return; }
                Add(ranges, before, start + (long)position, length);
                position += length;
                if (run == 1) break;
                position += Rice(parameters & 15) + 1;
                if (position > Width) _isBroken = true;
            }
            _bit = (_bit + 7) / 8 * 8;
        }

        static void Add(List<(long First, long Last)> ranges, int before, long first, Int128 length)
        {
            if (ranges.Count > before && ranges[^1].Last == first - 1) ranges[^1] = (ranges[^1].First, first + (long)length - 1);
            else ranges.Add((first, first + (long)length - 1));
        }

        bool Bit()
        {
            if (_bit >= bytes.Length * 8L)
            {
                _isBroken = true;
                return false;
            }
            var bit = (bytes[_bit / 8] >> (int)(_bit % 8)) & 1;
            _bit++;
            return bit == 1;
        }

        long Byte()
        {
            var value = 0L;
            for (var i = 0; i < 8; i++) value |= (Bit() ? 1L : 0) << i;
            return value;
        }

        Int128 Varint()
        {
            Int128 value = 0;
            for (var shift = 0; shift < 63 && !_isBroken; shift += 7)
            {
                var part = Byte();
                value |= (Int128)(part & 127) << shift;
                if (part < 128) return value;
            }
            _isBroken = true;
            return 0;
        }

        Int128 Rice(int parameter)
        {
            Int128 value = 0;
            while (!_isBroken && !Bit()) value++;
            value <<= parameter;
            for (var i = 0; i < parameter; i++) value |= (Bit() ? (Int128)1 : 0) << i;
            return value;
        }
    }
}
