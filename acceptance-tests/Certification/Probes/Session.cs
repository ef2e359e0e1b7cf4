using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>What probes ask with.</summary>
public sealed class Session(Surroundings kintone, TestApp app)
{
    /// <summary>A minute long past: a record dated so shows every move of its update time at once.</summary>
    public static DateTimeOffset LongAgo { get; } = new(2019, 3, 1, 10, 0, 0, TimeSpan.Zero);

    int _records;

    /// <summary>The refresh token that is good now, when a probe got a new one.</summary>
    public string? RefreshToken { get; set; }

    public Surroundings Kintone => kintone;

    public KintoneClient Main => kintone.Main;

    public TestApp App => app;

    public Settings Settings => kintone.Settings;

    /// <summary>A record of the probe's own.</summary>
    public Task<long> AddAsync(JsonObject? values = null, DateTimeOffset? time = null)
    {
        var all = values ?? [];
        all[TestForm.Key] = $"probe {Interlocked.Increment(ref _records)} {Guid.NewGuid():N}";
        return app.AddAsync(all, time);
    }

    /// <summary>Whether something moves the update time of a record that was last changed long ago.</summary>
    public async Task<Answer> MovesAsync(Func<long, Task> act, JsonObject? values = null)
    {
        ArgumentNullException.ThrowIfNull(act);
        var id = await AddAsync(values, LongAgo);
        var before = await app.UpdatedAsync(id);
        await act(id);
        return before == await app.UpdatedAsync(id) ? "no" : "yes";
    }

    /// <summary>Does something while the user may not see what a permission hides, and takes the permission away again.</summary>
    public async Task<T> WhilePermittedAsync<T>(string resource, JsonArray rights, Func<Task<T>> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        await app.PermitAsync(resource, rights);
        try
        {
            return await act();
        }
        finally
        {
            await app.PermitAsync(resource, []);
        }
    }

    /// <summary>A line of a permission about this user, and one about everybody else.</summary>
    public JsonArray MeThenEveryone(JsonObject mine, JsonObject others)
    {
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(others);
        mine["entity"] = new JsonObject { ["type"] = "USER", ["code"] = Settings.Username };
        others["entity"] = new JsonObject { ["type"] = "GROUP", ["code"] = "everyone" };
        return [mine, others];
    }

    /// <summary>Looks again until something is so or patience ends.</summary>
    /// <returns>How long it took; null when it never was.</returns>
    public async Task<TimeSpan?> UntilAsync(Func<Task<bool>> isSo, TimeSpan step, int times)
    {
        ArgumentNullException.ThrowIfNull(isSo);
        for (var waited = 0; waited <= times; waited++)
        {
            if (await isSo())
                return step * waited;
            await kintone.Wait(step);
        }
        return null;
    }

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}
