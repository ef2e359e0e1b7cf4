using System.Globalization;
using System.Net;
using System.Text;
using CsCheck;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Kintone.Http;

public class ServerTextTests
{
    static readonly Gen<string> s_secret = Gen.Char.AlphaNumeric.Array[8, 40].Select(static c => new string(c))
        .SelectMany(static s => OneOf("", "<&>\"'", "+/=%", "パスワード", " ").Select(extra => s[..4] + extra + s[4..]));

    static readonly (string Name, Func<string, string> Encode)[] s_encodings =
    [
        ("plain", static s => s),
        ("URL", Uri.EscapeDataString), ("URL, lower case", static s => LowerHex(Uri.EscapeDataString(s))),
        ("form", static s => Uri.EscapeDataString(s).Replace("%20", "+", StringComparison.Ordinal)),
        ("URL, everything", static s => string.Concat(Encoding.UTF8.GetBytes(s).Select(static b => $"%{b:x2}"))),
        ("HTML", WebUtility.HtmlEncode), ("HTML, decimal", static s => string.Concat(s.Select(static c => $"&#{(int)c};"))),
        ("HTML, hex", static s => string.Concat(s.Select(static c => $"&#x{(int)c:X};"))),
        ("JSON", static s => System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(s)),
        ("JSON, everything", static s => string.Concat(s.Select(static c => $"\\u{(int)c:x4}"))),
        ("Base64", static s => Convert.ToBase64String(Encoding.UTF8.GetBytes(s))),
        ("Base64 for URLs", static s => Convert.ToBase64String(Encoding.UTF8.GetBytes(s)).TrimEnd('=').Replace('+', '-').Replace('/', '_')),
        ("Base64 behind letters", static s => "abc" + Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + s))),
        ("hex", static s => Convert.ToHexString(Encoding.UTF8.GetBytes(s))),
        ("hex, lower case", static s => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(s))),
        // From here on only as the first: what this leaves of an encoding tells less than six characters.
        ("upper case", static s => s.ToUpperInvariant()), ("lower case", static s => s.ToLowerInvariant()),
        ("a part", static s => s[1..^1]), ("the end", static s => s[^7..]),
        ("a pair", static s => Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{s}"))),
    ];

    /// <summary>However a secret comes back, as a whole or in part, once or twice encoded, within whatever.</summary>
    [Fact]
    public void A_text_that_holds_anything_of_a_secret_is_not_quoted() =>
        Gen.Select(s_secret, Gen.Int[0, s_encodings.Length - 1].Select(static i => s_encodings[i]),
            Gen.Int[0, s_encodings.Length - 6].Select(static i => s_encodings[i]), OneOf("", "You sent ", "Authorization: Basic ", "{\"heard\":\"", "("))
            .Sample(static (secret, first, second, before) =>
        {
            var text = new ServerText(Mask(secret));
            Assert.Null(text.Quote(before + first.Encode(secret)));
            Assert.Null(text.Quote(before + second.Encode(first.Encode(secret)) + " end"));
            Assert.Null(text.Code(first.Encode(secret)));
        }, iter: 2_000);

    [Theory]
    [InlineData("Password authentication failed. Password may be incorrect.")]
    [InlineData("指定したアプリ（id: 4711）が見つかりません。削除されている可能性があります。")]
    [InlineData("フィールドコード「会社名」が見つかりません。")]
    [InlineData("The operator '=' can't be used for \"業種\" (DROP_DOWN); use \"in\" or \"not in\".")]
    [InlineData("记录不存在。")]
    public void A_message_is_quoted(string message) => Assert.Equal(message, new ServerText(Mask("s3cr3t-and-long", "another+one")).Quote(message));

    [Theory]
    [InlineData("a\u0000b")]
    [InlineData("a\u001b[31mb")]
    [InlineData("a\u202eb")]
    [InlineData("a\ud800b")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_message_is_not_quoted(string? text) => Assert.Null(new ServerText(Mask()).Quote(text));

    [Fact]
    public void Lines_become_one_and_a_page_is_no_message()
    {
        var text = new ServerText(Mask());
        Assert.Equal("one two", text.Quote(" one\r\n\ttwo "));
        Assert.Null(text.Quote(new string('x', 401)));
    }

    [Theory]
    [InlineData("GAIA_AP01", true)]
    [InlineData("CB_NO02", true)]
    [InlineData("Xq3fBv1s0dKzP2aLw9Rt", true)]
    [InlineData("<script>", false)]
    [InlineData("secret-of-mine", false)]
    public void A_code_is_a_word(string code, bool isCode) => Assert.Equal(isCode ? code : null, new ServerText(Mask("secret-of-mine")).Code(code));

    static string LowerHex(string url) =>
        System.Text.RegularExpressions.Regex.Replace(url, "%[0-9A-F]{2}", static m => m.Value.ToLower(CultureInfo.InvariantCulture));

    static SecretMask Mask(params IEnumerable<string> secrets)
    {
        var mask = new SecretMask();
        mask.Add(secrets);
        return mask;
    }

    static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);
}
