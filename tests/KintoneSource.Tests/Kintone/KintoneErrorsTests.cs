using System.Net;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Tests.Kintone;

public class KintoneErrorsTests
{
    [Theory]
    [InlineData(400, "GAIA_DA02", "Retry")] // a 400 that passes
    [InlineData(403, "GAIA_DA02", "Retry")]
    [InlineData(429, "GAIA_TO04", "Retry")]
    [InlineData(520, "GAIA_IL23", "User")]
    [InlineData(400, "GAIA_IL23", "User")]
    [InlineData(401, "CB_OA01", "Renew")]
    [InlineData(400, "CB_IJ01", "Connector")]
    [InlineData(400, "GAIA_QU01", "Connector")]
    [InlineData(400, "NO_SUCH_CODE", "Connector")]
    [InlineData(500, "NO_SUCH_CODE", "Retry")]
    [InlineData(520, "NO_SUCH_CODE", "Connector")]
    [InlineData(401, "NO_SUCH_CODE", "User")]
    [InlineData(403, null, "User")]
    [InlineData(404, null, "User")]
    [InlineData(302, null, "User")]
    [InlineData(429, null, "Retry")]
    [InlineData(503, null, "Retry")]
    [InlineData(520, null, "Retry")]
    [InlineData(418, null, "Connector")]
    [InlineData(206, null, "Retry")]
    public void Decides_by_the_code_and_by_the_status_only_where_there_is_none(int status, string? code, string remedy)
    {
        var meaning = KintoneErrors.Explain((HttpStatusCode)status, code);
        Assert.Equal(remedy, meaning.Remedy.ToString());
        Assert.EndsWith(".", meaning.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GAIA_IL26", "The filter names a user who does not exist: write the login name, ")]
    [InlineData("GAIA_IL28", "The filter names an organization that does not exist: write its code, ")]
    public void Who_is_not_found_is_asked_for_by_what_Kintone_knows_them_by(string code, string advice) =>
        Assert.StartsWith(advice, KintoneErrors.Explain(HttpStatusCode.BadRequest, code).Advice, StringComparison.Ordinal);
}
