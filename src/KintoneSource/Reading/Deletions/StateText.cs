using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Deletions;

/// <summary>
/// How a state holds bytes: as text, <c>1:</c> (the format's version) and, in base64, a CRC-32C (4 bytes, little-endian) of the bytes after
/// it, then these. Text that is damaged, or was written by a newer version, is refused with a sentence.
/// </summary>
/// <param name="member">As the state calls it.</param>
/// <param name="anew">What a reset does, in words that go on after "sync again,".</param>
sealed class StateText(string member, int version, string anew)
{
    /// <summary>Bytes that stay free in front of those that are encoded.</summary>
    public const int Room = 4;

    /// <param name="bytes">Behind <see cref="Room"/> bytes, which are overwritten.</param>
    public string Encode(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum(bytes[Room..]));
        return $"{version}:{Convert.ToBase64String(bytes)}";
    }

    /// <returns>The bytes that were encoded, without <see cref="Room"/>.</returns>
    /// <exception cref="ConfigurationException">The text was not made by <see cref="Encode"/>, or by a newer version of it.</exception>
    public ReadOnlySpan<byte> Decode(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // The digits are looked at first: int.TryParse lets NULs stand behind them.
        if (colon is < 1 or > 9 || text.AsSpan(0, colon).ContainsAnyExceptInRange('0', '9')
            || !int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var written))
            throw Unreadable("it has no version in front");
        if (written > version)
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture,
                $"The state's {member} were written by a newer version of this connector: format {written}, this version reads {version}. Update the "
                    + $"connector, or reset the stream (clear its state) and sync again, {anew}."));
        if (written < version) throw Unreadable($"there is no format {written}");

        var buffer = new byte[(text.Length - colon) / 4 * 3 + 3];
        if (!Convert.TryFromBase64Chars(text.AsSpan(colon + 1), buffer, out var length)) throw Unreadable("it is not base64");
        if (length < Room) throw Unreadable("it is cut off");
        var bytes = buffer.AsSpan(Room..length);
        if (Checksum(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(buffer)) throw Unreadable("its checksum does not fit: it was cut off or changed");
        return bytes;
    }

    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0U;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    public ConfigurationException Unreadable(string why) => new(
        $"The {member} in the stream's state cannot be read: {why}. Reset the stream (clear its state) and sync again, {anew}. If this comes back, the "
            + "state is damaged where it is kept.");
}
