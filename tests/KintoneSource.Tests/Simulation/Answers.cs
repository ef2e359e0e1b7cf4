using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Tests.Simulation;

static class Answers
{
    /// <summary>As the program reads answers.</summary>
    /// <param name="memory">Bytes that all of them share.</param>
    public static AnswerReader Reader(long memory = 64 * 1024 * 1024, params IEnumerable<string> secrets)
    {
        var mask = new SecretMask();
        mask.Add(secrets);
        return new(new(memory), new(mask));
    }
}
