using System.Text;

namespace KintoneSource.Fuzz;

/// <summary>Changes bytes without knowing what they mean.</summary>
static class ByteMutation
{
    static readonly byte[] s_telling = Encoding.UTF8.GetBytes("\"\\{}[],:0-1u dnullE.+\n\0\u0085\u2028あ\ud83c\udf4e");

    /// <param name="dictionary">Pieces worth putting in.</param>
    /// <param name="others">Inputs to take pieces from.</param>
    public static byte[] Of(byte[] input, Dice dice, IReadOnlyList<byte[]> dictionary, IReadOnlyList<byte[]> others)
    {
        for (var left = 1 + dice.Next(dice.OneIn(4) ? 8 : 2); left > 0; left--) input = Once(input, dice, dictionary, others);
        return input;
    }

    static byte[] Once(byte[] input, Dice dice, IReadOnlyList<byte[]> dictionary, IReadOnlyList<byte[]> others)
    {
        var at = dice.Next(input.Length + 1);
        var length = Math.Min(input.Length - at, dice.Between(1, dice.OneIn(6) ? 400 : 12));
        var (before, piece, after) = (input[..at], input[at..(at + length)], input[(at + length)..]);
        switch (dice.Next(10))
        {
            case 0 when length > 0:
                piece[0] ^= (byte)(1 << dice.Next(8));
                return [.. before, .. piece, .. after];
            case 1 when length > 0:
                piece[0] = dice.OneIn(2) ? dice.Of(s_telling) : (byte)dice.Next(256);
                return [.. before, .. piece, .. after];
            case 2: return [.. before, dice.OneIn(2) ? dice.Of(s_telling) : (byte)dice.Next(256), .. piece, .. after];
            case 3: return [.. before, .. after];
            case 4: return [.. before, .. piece, .. piece, .. after];
            case 5: return before;
            case 6 when length > 0: // many times over: what grows faster than its input shows here
                return [.. before, .. Enumerable.Repeat(piece, dice.Between(2, Math.Max(2, 4096 / length))).SelectMany(static p => p), .. after];
            case 7 when others.Count > 0:
                var other = dice.Of(others);
                var from = dice.Next(other.Length + 1);
                return [.. before, .. other[from..Math.Min(other.Length, from + dice.Between(1, 200))], .. after];
            case 8 when length > 1:
                Array.Reverse(piece);
                return [.. before, .. piece, .. after];
            default: return dictionary.Count > 0 ? [.. before, .. dice.Of(dictionary), .. (dice.OneIn(2) ? piece : []), .. after] : [.. before, .. after];
        }
    }
}
