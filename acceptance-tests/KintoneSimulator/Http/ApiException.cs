using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>An answer that refuses: a status, Kintone's code and a message that nobody may rely on.</summary>
public sealed class ApiException(int status, string code, string english, string japanese, JsonObject? errors = null) : Exception(english)
{
    const string IdLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>The same refusal under another status and code.</summary>
    public ApiException As(int otherStatus, string otherCode) => new(otherStatus, otherCode, Message, japanese, errors) { Body = Body };

    /// <summary>The whole body where it is not the usual one.</summary>
    public JsonObject? Body { get; init; }

    /// <summary>What is wrong with which parameter.</summary>
    public JsonObject? Errors => errors;

    public Reply ToReply(MessageLanguage language) => Reply.Json(Body ?? ToJson(language)) with { Status = Status, Code = Code };

    public JsonObject ToJson(MessageLanguage language)
    {
        var body = new JsonObject
        {
            ["code"] = Code,
            ["id"] = RandomNumberGenerator.GetString(IdLetters, 20),
            ["message"] = language == MessageLanguage.Japanese ? japanese : Message,
        };
        if (errors is not null)
            body["errors"] = errors.DeepClone();
        return body;
    }

    public static ApiException Invalid(string parameter, string english, string japanese) => new(400, "CB_VA01", "Missing or invalid input.", "入力内容が正しくありません。",
        new() { [parameter] = new JsonObject { ["messages"] = new JsonArray(english == "" ? japanese : english) } });

    public static ApiException Required(string parameter) => Invalid(parameter, "Required field.", "必須です。");

    public static ApiException Below(string parameter, long least) =>
        Invalid(parameter, $"must be greater than or equal to {least}", $"{least}以上である必要があります。");

    public static ApiException Above(string parameter, long most) =>
        Invalid(parameter, $"must be less than or equal to {most}", $"{most}以下である必要があります。");

    public static ApiException TooManyMembers(string parameter, int most) =>
        Invalid(parameter, $"The size must be between 1 and {most}.", $"サイズは1から{most}の間でなければなりません。");

    public static ApiException NoPrivilege() => new(403, "CB_NO02", "No privilege to proceed.", "権限がありません。");

    public static ApiException NotByToken() =>
        new(403, "GAIA_NO01", "Using this API token, you cannot run the specified API.", "指定したAPIトークンではこのAPIを実行できません。");

    public static ApiException InMaintenance() => new(403, "GAIA_NO02", "The app is in maintenance mode.", "アプリはメンテナンスモードです。");

    public static ApiException ForeignToken(ForeignTokenAnswer answer, long app) => answer switch
    {
        ForeignTokenAnswer.UnknownToken => BadToken(),
        ForeignTokenAnswer.WrongApp => new(403, "GAIA_AP15", $"The API token does not match the app (ID: {app}).", $"APIトークンとアプリ(id: {app})の組み合わせが正しくありません。"),
        _ => NotByToken(),
    };

    public static ApiException NoApp(long id) => new(404, "GAIA_AP01",
        $"The app (ID: {id}) not found. The app may have been deleted.", $"指定したアプリ(id: {id})が見つかりません。削除されている可能性があります。");

    public static ApiException NoRecord(string id) =>
        new(404, "GAIA_RE01", $"The specified record (ID: {id}) is not found.", $"指定したレコード(id: {id})が見つかりません。");

    public static ApiException NoCursor() => new(404, "GAIA_CN01", "The specified cursor does not exist.", "指定したカーソルが存在しません。");

    public static ApiException NoFile() => new(404, "GAIA_BL01", "The specified file is not found.", "指定したファイルが見つかりません。");

    public static ApiException BadToken() => new(400, "GAIA_IA02", "The specified API token is invalid or not deployed.", "指定したAPIトークンが正しくありません。");

    public static ApiException GuestApp(int status) => new(status, "GAIA_IL23",
        "When you operate an app in a guest space, please send the request to '/k/guest/(guest space ID)/v1/...'.",
        "ゲストスペース内のアプリの操作を行う場合は、リクエストのURLを「/k/guest/<ゲストスペースのID>/v1/...」としてください。");

    public static ApiException Of(Query.QueryException refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new(refusal.HttpStatus, refusal.Code, refusal.Message, refusal.Message, refusal.Errors is null ? null
            : new(refusal.Errors.Select(error => KeyValuePair.Create(error.Key,
                (JsonNode?)new JsonObject { ["messages"] = new JsonArray([.. error.Value.Select(message => (JsonNode?)message)]) }))));
    }
}
