using System.Globalization;
using KintoneSource.Fuzz;

// <target|all> [--inputs N] [--minutes N] [--seed N] [--only N] [--guided]
if (args is not [{ } what, ..] || (what != "all" && !Fuzzer.Targets.Contains(what)))
{
    Console.Error.WriteLine($"Usage: <{string.Join('|', Fuzzer.Targets)}|all> [--inputs N] [--minutes N] [--seed N] [--only N] [--guided]");
    return 2;
}
var folder = Path.Combine(AppContext.BaseDirectory, "../../../fuzz");
if (args.Contains("--guided")) return await Coverage.RunGuidedAsync(Path.Combine(folder, $"guided-{what}"), args.Where(static a => a != "--guided"));

var time = Number("--minutes") is { } minutes ? TimeSpan.FromMinutes(minutes) : default(TimeSpan?);
var limits = new FuzzLimits(
    (int)(Number("--seed") ?? 1), (long)(Number("--inputs") ?? (time is null ? 100_000 : double.MaxValue)), time, (long?)Number("--only"));
Directory.CreateDirectory(folder);
var found = 0;
foreach (var target in what == "all" ? Fuzzer.Targets : [what])
{
    // The number of the input under way stays in a file: what overflows the stack or hangs takes the process with it.
    using var mark = File.OpenHandle(Path.Combine(folder, $"{target}.at"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
    var result = Fuzzer.Run(target, limits, Console.WriteLine,
        index => RandomAccess.Write(mark, [.. index.ToString("D20", CultureInfo.InvariantCulture).Select(static c => (byte)c)], 0));
    Console.WriteLine(result);
    if (result.Finding is not { } finding) continue;
    found++;
    Console.WriteLine(finding);
    await File.WriteAllBytesAsync(Path.Combine(folder, $"{target}-{finding.Seed}-{finding.Index}.bin"), finding.Input);
}
return found == 0 ? 0 : 1;

double? Number(string option) =>
    args.SkipWhile(a => a != option).Skip(1).FirstOrDefault() is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
