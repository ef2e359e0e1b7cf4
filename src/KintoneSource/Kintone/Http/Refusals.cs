using System.Collections.Frozen;
using System.Net;

namespace KintoneSource.Kintone.Http;

/// <summary>How far a refusal reaches: whether the next request would meet it again.</summary>
static class Refusals
{
    static readonly FrozenSet<string> s_login = FrozenSet.Create("CB_AU01", "CB_WA01", "CB_TW02", "CB_OA01");
    static readonly FrozenSet<string> s_tokens = FrozenSet.Create("GAIA_IA02", "GAIA_DA03");

    extension(KintoneException refusal)
    {
        /// <summary>The credentials are wrong as such: every request would be refused. Trying on could lock the user.</summary>
        public bool IsOfCredentials => refusal.Status == HttpStatusCode.Unauthorized || (refusal.Code is { } code && s_login.Contains(code));

        /// <summary>The tokens that are left for this app are no good; those of another may be.</summary>
        public bool IsOfTokens => refusal.Code is { } code && s_tokens.Contains(code);

        /// <summary>The user or token is known, and may not do this.</summary>
        public bool IsOfPrivilege => refusal.Code is "CB_NO02" or "GAIA_NO01";

        /// <summary>
        /// Kintone refused this app, space or resource and may answer about another; so does a code that is not in our table. A
        /// refusal without a code of Kintone's comes from something in between, which stands before everything, unless Kintone
        /// has answered other requests and this address is what it does not know.
        /// </summary>
        public bool IsOfOneResource => !refusal.IsOfCredentials && (refusal.Code is not null
            ? refusal.Remedy == Remedy.User || (refusal.Remedy == Remedy.Connector && (int)refusal.Status is (>= 400 and < 500) or 520)
            : refusal is { Status: HttpStatusCode.NotFound, HasAnsweredOthers: true });
    }
}
