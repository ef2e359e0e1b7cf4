using System.Text;
using System.Text.Json;
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
}
