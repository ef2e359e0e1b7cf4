namespace KintoneSource.Configuration;

/// <summary>
/// Which apps to read: by the form, completed by the page whose URL was pasted as the subdomain. Where the two contradict
/// each other, nothing is guessed.
/// </summary>
static class AppSelectionParser
{
    /// <returns>Null if no apps are selected or a problem was noted.</returns>
    public static AppSelection? Parse(ConfigSection form, Credentials? credentials, TypedAddress? typed)
    {
        var section = form.Section(Option.AppSelection);
        var selection =
            section is not null ? Selection(section, typed)
            : typed?.App is { } app ? new SingleApp(new(app, typed.GuestSpace, RecordNumber: typed.RecordNumber))
            : null;
        if (credentials is ApiTokenCredentials)
        {
            var named = $"Choose {Option.SingleApp} or {Option.ListedApps} and name the apps that the tokens belong to";
            if (selection is AllApps)
                form.Problem(Option.AppSelection, $"{Option.AllApps} cannot be read with {Option.TokenLogin}: Kintone does not let a token list apps. "
                    + $"{named}, or sign in with {Option.PasswordLogin} or {Option.OAuth}.");
            else if (selection is null && !form.HasAny(Option.AppSelection))
                form.Missing(Option.AppSelection, $"With {Option.TokenLogin}, the apps must be named: Kintone does not let a token list apps. "
                    + $"{named}.");
        }
        return selection;
    }

    static AppSelection? Selection(ConfigSection section, TypedAddress? typed)
    {
        var mode = section.Variant(Option.Mode, $"Choose {Option.SingleApp}, {Option.ListedApps} or {Option.AllApps}.");
        return mode == Option.SingleApp.Name ? Single(section, typed)
            : mode == Option.ListedApps.Name ? Listed(section, typed)
            : mode == Option.AllApps.Name ? All(section, typed)
            : null;
    }

    static SingleApp? Single(ConfigSection section, TypedAddress? typed)
    {
        if (App(section, typed, typed, typed?.App) is not { } app) return null;
        var number = section.RecordNumber(Option.RecordNumber);
        if (number is { } given && (typed?.RecordNumber ?? app.RecordNumber) is { } pasted && given != pasted)
            section.Problem(Option.RecordNumber, typed?.RecordNumber is null
                ? Contradiction(given, "record", pasted, Option.App) : Contradiction(given, "record", pasted));
        // A form that names its app is complete: its empty record number means every record.
        return new(app with { RecordNumber = number ?? app.RecordNumber ?? (section.Has(Option.App) ? null : typed?.RecordNumber) });
    }

    static ListedApps? Listed(ConfigSection section, TypedAddress? typed)
    {
        var apps = new List<SelectedApp>();
        var complete = true;
        foreach (var (index, item) in section.Items(Option.Apps).Index())
        {
            var entry = section.Entry(Option.Apps, item, index + 1);
            if (entry is null || App(entry, typed, null, null) is not { } app)
            {
                complete = false;
                continue;
            }
            if (apps.Exists(other => other.App == app.App))
                entry.Problem(Option.App, $"{app.App} is listed twice. List each app once; conditions can be joined with or in one filter.");
            if (app.App == typed?.App) app = app with { GuestSpace = GuestSpace(entry, app.GuestSpace, typed) };
            apps.Add(app);
        }
        if (apps.Count == 0 && complete) section.Missing(Option.Apps, "List at least one app.");
        else if (complete && typed?.App is { } pasted && !apps.Exists(app => app.App == pasted))
            section.Problem(Option.Apps, $"does not hold app {pasted}, whose URL is pasted as the subdomain. Add the app, or type the subdomain alone.");
        return apps.Count == 0 ? null : new(apps);
    }

    static AllApps All(ConfigSection section, TypedAddress? typed)
    {
        var name = section.Text(Option.NameContains);
        var spaces = section.Positives(Option.GuestSpaceIds);
        if (typed?.GuestSpace is { } space)
            if (!section.Has(Option.GuestSpaceIds)) spaces = [space];
            else if (!spaces.Contains(space))
                section.Problem(Option.GuestSpaceIds,
                    $"does not hold guest space {space}, whose URL is pasted as the subdomain. Add it, or type the subdomain alone.");
        var excluded = section.Positives(Option.ExcludeApps);
        if (typed?.App is { } app && excluded.Contains(app))
            section.Problem(Option.ExcludeApps,
                $"holds app {app}, whose URL is pasted as the subdomain. Remove it from the list, or type the subdomain alone.");
        return new(spaces, name, excluded, Part(section));
    }

    static AppPart? Part(ConfigSection section)
    {
        var (part, parts) = (section.Whole(Option.Part), section.Whole(Option.Parts));
        if (section.Has(Option.Part) != section.Has(Option.Parts))
        {
            section.Missing(section.Has(Option.Part) ? Option.Parts : Option.Part,
                $"{Option.Part} and {Option.Parts} go together, as 2 of 5; leave both empty to read every app in this connection.");
        }
        if (part > parts) section.Problem(Option.Part, $"is {part}, but there are only {parts} parts. The parts are numbered from 1.");
        return part is { } number && parts is { } of ? new((int)number, (int)of) : null;
    }

    /// <param name="home">What the subdomain was typed as.</param>
    /// <param name="typed">The page that completes this section; null for none.</param>
    /// <param name="otherwise">The app where the section names none.</param>
    static SelectedApp? App(ConfigSection section, TypedAddress? home, TypedAddress? typed, long? otherwise)
    {
        var isPage = section.HasPage(Option.App);
        var page = isPage ? Page(section, home) : null;
        var given = isPage ? page?.App : section.Whole(Option.App);
        if (given is { } app && typed?.App is { } pasted && app != pasted) section.Problem(Option.App, Contradiction(app, "app", pasted));
        if (!section.Has(Option.App) && otherwise is null)
            section.Missing(Option.App, "It is the number after /k/ in the app's URL, as 12 in https://mycompany.cybozu.com/k/12/.");
        var space = section.Whole(Option.GuestSpaceId);
        if (space is { } named && page?.GuestSpace is { } ofPage && named != ofPage)
            section.Problem(Option.GuestSpaceId, Contradiction(named, "guest space", ofPage, Option.App));
        space = GuestSpace(section, space ?? page?.GuestSpace, typed);
        var filter = section.Text(Option.Filter);
        return (given ?? (section.Has(Option.App) ? null : otherwise)) is { } number ? new(number, space, filter, page?.RecordNumber) : null;
    }

    /// <summary>The page whose URL was pasted instead of the app's number.</summary>
    static TypedAddress? Page(ConfigSection section, TypedAddress? home)
    {
        var page = TypedAddress.Parse(section.Text(Option.App)!, out _);
        if (page?.App is null)
            section.Problem(Option.App, "must be the number after /k/ in the app's URL, or that URL, and this text is neither.");
        else if (home is not null && page.Subdomain != home.Subdomain)
            section.Problem(Option.App, "is the URL of an app of another subdomain. Correct one of the two.");
        return page;
    }

    static long? GuestSpace(ConfigSection section, long? given, TypedAddress? typed)
    {
        if (given is { } space && typed?.GuestSpace is { } pasted && space != pasted)
            section.Problem(Option.GuestSpaceId, Contradiction(space, "guest space", pasted));
        return given ?? (section.Has(Option.GuestSpaceId) ? null : typed?.GuestSpace);
    }

    static string Contradiction(long given, string what, long pasted) =>
        $"is {given}, but the URL pasted as the subdomain is of {what} {pasted}. Correct one of them, or type the subdomain alone.";

    static string Contradiction(long given, string what, long pasted, Option pastedAs) =>
        $"is {given}, but the URL pasted as {pastedAs} is of {what} {pasted}. Correct one of them.";
}
