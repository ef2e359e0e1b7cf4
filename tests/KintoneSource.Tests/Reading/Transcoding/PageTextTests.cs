using System.Text;
using System.Text.Unicode;
using CsCheck;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

public class PageTextTests
{
    static readonly string[] s_pieces =
        ["a", "0123456789abcdef", "\u007f", "\u0080", "\u0085", "é", "\u07ff", "\u0800", "あ", "漢字", "\u2027", "\u2028", "\u2029", "\u202a", "\ud7ff", "\ue000",
            "\uffff", "🍎", "\U0010ffff", "\n", "\u001f", "\0"];

    static readonly byte[] s_telling =
        [0x00, 0x1F, 0x20, 0x7F, 0x80, 0x85, 0x8F, 0x90, 0x9F, 0xA0, 0xA8, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3,
            0xF4, 0xF5, 0xF8, 0xFF];

    static readonly Gen<byte[]> s_almostText = Gen.Select(
        Gen.Int[0, s_pieces.Length - 1].Select(static i => s_pieces[i]).Array[0, 40],
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, s_telling.Length - 1], Gen.Bool).Array[0, 3],
        static (pieces, changes) =>
        {
            var text = Encoding.UTF8.GetBytes(string.Concat(pieces));
            foreach (var (share, value, insert) in changes)
            {
                var at = (int)(share * text.Length);
                text = [.. text[..at], s_telling[value], .. text[Math.Min(text.Length, insert ? at : at + 1)..]];
            }
            return text;
        });

    static void AgreesOn(byte[] bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            var separators = Encoding.UTF8.GetString(bytes).AsSpan().ContainsAny("\u0085\u2028\u2029");
            Assert.Equal(new PageText(bytes.Any(static b => b < 0x20), separators), PageText.Check(bytes));
            Assert.Equal(separators, PageText.HoldsSeparators(bytes));
        }
        else
        {
            var e = Assert.Throws<MalformedPageException>(() => PageText.Check(bytes));
            Assert.True(Utf8.IsValid(bytes.AsSpan(0, (int)e.Offset)));
            Assert.False(Utf8.IsValid(bytes.AsSpan(0, Math.Min(bytes.Length, (int)e.Offset + 4))));
        }
    }

    [Fact]
    public void Agrees_with_the_framework_on_text_and_on_what_is_almost_text() => s_almostText.Sample(AgreesOn, iter: 50_000);

    [Fact]
    public void Agrees_with_the_framework_on_every_pair_and_triple_of_telling_bytes()
    {
        for (var before = 0; before < 36; before += before < 20 ? 1 : 3) // wherever they fall in a vector, and at the page's edges
        {
            var page = new byte[before + 3 + (before % 5 * 9)];
            Array.Fill(page, (byte)'x');
            foreach (var a in s_telling)
                foreach (var b in s_telling)
                    foreach (var c in before % 6 == 0 ? s_telling : [(byte)'x', 0x80, 0xBF])
                    {
                        (page[before], page[before + 1], page[before + 2]) = (a, b, c);
                        if (Utf8.IsValid(page)) AgreesOn(page);
                        else Assert.ThrowsAny<MalformedPageException>(() => PageText.Check(page));
                    }
        }
    }

    [Theory]
    [InlineData("plain text, long enough for a vector", false, false)]
    [InlineData("Japanese text 日本語の文章… with “×” and é", false, false)]
    [InlineData("a line\nand another one, long enough", true, false)]
    [InlineData("a separator\u2028that some readers cut at", false, true)]
    public void Knows_what_a_page_does_not_hold(string text, bool controls, bool separators) =>
        Assert.Equal(new PageText(controls, separators), PageText.Check(Encoding.UTF8.GetBytes(text)));
}
