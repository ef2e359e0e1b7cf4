using System.Net;
using KintoneSource.Kintone.Http;

namespace KintoneSource.Tests.Kintone.Http;

public class KintoneErrorsTests
{
    [Theory]
    [InlineData(400, "GAIA_DA02", "Retry", "Request")] // a 400 that passes
    [InlineData(403, "GAIA_DA02", "Retry", "Request")]
    [InlineData(429, "GAIA_TO04", "Retry", "Domain")]
    [InlineData(520, "GAIA_IL23", "User", "Resource")]
    [InlineData(400, "GAIA_IL23", "User", "Resource")]
    [InlineData(401, "CB_OA01", "Renew", "Credential")]
    [InlineData(400, "CB_IJ01", "Connector", "Resource")]
    [InlineData(400, "GAIA_QU01", "Connector", "Resource")]
    [InlineData(400, "NO_SUCH_CODE", "Connector", "Resource")]
    [InlineData(500, "NO_SUCH_CODE", "Retry", "Request")]
    [InlineData(520, "NO_SUCH_CODE", "Connector", "Resource")]
    [InlineData(401, "NO_SUCH_CODE", "User", "Credential")]
    [InlineData(403, null, "User", "Domain")]
    [InlineData(404, null, "User", "Domain")]
    [InlineData(302, null, "User", "Domain")]
    [InlineData(429, null, "Retry", "Domain")]
    [InlineData(503, null, "Retry", "Request")]
    [InlineData(520, null, "Retry", "Request")]
    [InlineData(418, null, "Connector", "Request")]
    [InlineData(403, "CB_OA01", "User", "Resource")] // a scope is missing (seen on real domains)
    [InlineData(401, "GAIA_IA02", "User", "Credential")] // a 401 in any dress is about the credentials
    [InlineData(401, "CB_AU01", "User", "Credential")]
    [InlineData(401, "CB_WA01", "User", "Credential")]
    [InlineData(403, "CB_NO02", "User", "Resource")]
    [InlineData(403, "GAIA_NO02", "Later", "Resource")]
    [InlineData(403, "GAIA_OF02", "User", "Resource")]
    [InlineData(400, "GAIA_AP15", "User", "Resource")]
    [InlineData(401, null, "User", "Domain")] // Basic authentication stands before everything
    [InlineData(407, null, "User", "Domain")]
    [InlineData(408, null, "Retry", "Request")]
    [InlineData(421, null, "Retry", "Request")]
    [InlineData(425, "NO_SUCH_CODE", "Retry", "Request")]
    [InlineData(206, null, "Retry", "Request")]
    public void Decides_by_the_code_and_by_the_status_only_where_there_is_none(int status, string? code, string remedy, string reach)
    {
        var meaning = KintoneErrors.Explain((HttpStatusCode)status, code);
        Assert.Equal((remedy, reach), (meaning.Remedy.ToString(), meaning.Reach.ToString()));
        Assert.EndsWith(".", meaning.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GAIA_IL26", "The filter names a user who does not exist: write the login name, ")]
    [InlineData("GAIA_IL28", "The filter names an organization that does not exist: write its code, ")]
    public void Who_is_not_found_is_asked_for_by_what_Kintone_knows_them_by(string code, string advice) =>
        Assert.StartsWith(advice, KintoneErrors.Explain(HttpStatusCode.BadRequest, code).Advice, StringComparison.Ordinal);
}
