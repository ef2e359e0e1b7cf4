using System.Text;
using System.Text.Json;
using CsCheck;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Protocol;

public class JsonTextTests
{
    [Theory]
    [InlineData("""{"a":"\ud83c\udf4e","\u3042":["\n"]}""")]
    [InlineData("\"あ\"")]
    public void A_document_that_is_read_has_only_names_and_texts_that_can_be_read(string json)
    {
        using var document = JsonText.Parse(Encoding.UTF8.GetBytes(json));
        Assert.NotEqual(JsonValueKind.Undefined, document.RootElement.ValueKind);
    }

    [Theory]
    [InlineData("""{"a":"\ud83c"}""", 5)]
    [InlineData("""{"\udf4e":1}""", 1)]
    [InlineData("""["あ","\ud800\ud800"]""", 7)]
    public void Half_a_surrogate_pair_is_refused_with_its_place(string json, int at)
    {
        Assert.Equal(at, JsonText.IncompleteEscape(Encoding.UTF8.GetBytes(json)));
        Assert.ThrowsAny<JsonException>(() => JsonText.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'"', 0xE9, (byte)'"' })] // Latin-1
    [InlineData(new byte[] { (byte)'"', 0xE3, 0x81, (byte)'"' })] // cut within a character
    [InlineData(new byte[] { (byte)'"', 0xED, 0xA0, 0x80, (byte)'"' })] // half a surrogate pair
    public void Bytes_that_are_not_UTF_8_are_refused(byte[] json) => Assert.ThrowsAny<JsonException>(() => JsonText.Parse(json));

    [Theory]
    [InlineData("""{"a":"\ud83c\udf4e","\u3042":["\n\\u0000\""]}""", null)]
    [InlineData("""{"\ud83c":"\uDF4E x","b":"\ud800\ud83c\udf4e"}""", """{"\ufffd":"\ufffd x","b":"\ufffd\ud83c\udf4e"}""")]
    [InlineData("""["a\u0000b","\\ud800","\ud800\n\ud800"]""", """["a\ufffdb","\\ud800","\ufffd\n\ufffd"]""")]
    [InlineData("""["\ud800""", """["\ufffd""")]
    [InlineData("""["\ud8""", null)]
    [InlineData("""["\uzzzz","\""", null)]
    public void What_no_text_can_hold_becomes_the_replacement_character(string json, string? expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        JsonText.ReplaceWhatIsNoText(bytes);
        Assert.Equal(expected ?? json, Encoding.UTF8.GetString(bytes));
    }

    static readonly string[] s_parts = ["\\ud83c", "\\udf4e", "\\uD800", "\\u0000", "\\u0041", "\\\\", "\\n", "u0000", "あ", "🍎", "x"];

    /// <summary>Whatever escapes stand together: afterwards all can be read, and those that could be before read the same.</summary>
    [Fact]
    public void Every_document_can_be_read_afterwards() =>
        Gen.Int[0, s_parts.Length - 1].Select(static i => s_parts[i]).List[0, 12].Sample(static parts =>
        {
            var json = $"[\"{string.Concat(parts)}\"]";
            var bytes = Encoding.UTF8.GetBytes(json);
            JsonText.ReplaceWhatIsNoText(bytes);
            using var document = JsonText.Parse(bytes);
            Assert.DoesNotContain('\0', document.RootElement[0].GetString()!);
            if (JsonText.IncompleteEscape(Encoding.UTF8.GetBytes(json)) is null)
                Assert.Equal(JsonSerializer.Deserialize<string[]>(json)![0].Replace('\0', '\ufffd'), document.RootElement[0].GetString());
        });
}
