using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace KintoneSource.Benchmarks;

/// <summary>
/// What each benchmark method allocates per call (of as many operations as it says), held to <c>allocations.json</c>. Times depend on the machine and
/// only inform; bytes
/// do not, so more of them is a change that somebody made. Fewer is told, so that the figure gets lowered.
/// </summary>
/// <remarks>
/// Start it as .ci/allocations.sh does, without tiered compilation: code that is compiled in stages allocates differently from stage
/// to stage. <c>update</c> writes the figures as they are.
/// </remarks>
static class AllocationGate
{
    const int WarmUps = 3, Rounds = 5;

    /// <summary>What a runtime's patch may change: a share, and a small object or two.</summary>
    const double Share = 0.10;
    const int Slack = 64;

    /// <returns>The exit code: 1 where something allocates notably more than expected, or has no figure.</returns>
    public static int Run(string file, bool update)
    {
        var measured = typeof(AllocationGate).Assembly.GetTypes()
            .Where(static type => type.GetMethods().Any(static m => m.IsDefined(typeof(BenchmarkAttribute))))
            .OrderBy(static type => type.Name, StringComparer.Ordinal).SelectMany(Measure).ToDictionary(StringComparer.Ordinal);
        if (update)
        {
            var lines = measured.Select(static m => string.Create(CultureInfo.InvariantCulture, $"  \"{JsonEncodedText.Encode(m.Key)}\": {m.Value}"));
            File.WriteAllText(file, $"{{\n{string.Join(",\n", lines)}\n}}\n", new UTF8Encoding(false));
            return 0;
        }
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var expected = document.RootElement.EnumerateObject().ToDictionary(static p => p.Name, static p => p.Value.GetInt64(), StringComparer.Ordinal);
        var failures = 0;
        foreach (var (name, bytes) in measured)
        {
            var judgement = !expected.TryGetValue(name, out var figure) ? "HAS NO FIGURE"
                : bytes > figure + (figure * Share) + Slack ? $"ALLOCATES MORE than {figure:N0}"
                : bytes < figure - (figure * Share) - Slack ? $"allocates less than {figure:N0}: lower the figure"
                : "as expected";
            if (char.IsUpper(judgement[1])) failures++;
            Console.WriteLine($"{name,-60} {bytes,12:N0} B  {judgement}");
        }
        foreach (var name in expected.Keys.Except(measured.Keys))
        {
            failures++;
            Console.WriteLine($"{name,-60}            -    HAS A FIGURE and no benchmark");
        }
        if (failures > 0) Console.WriteLine($"Where that is right, `.ci/allocations.sh update` writes the figures anew, and the commit says why.");
        return failures == 0 ? 0 : 1;
    }

    static IEnumerable<KeyValuePair<string, long>> Measure(Type type)
    {
        foreach (var (parameters, instance) in Instances(type))
        {
            InvokeAll(instance, typeof(GlobalSetupAttribute));
            foreach (var method in type.GetMethods().Where(static m => m.IsDefined(typeof(BenchmarkAttribute)))
                .OrderBy(static m => m.Name, StringComparer.Ordinal))
                yield return new($"{type.Name}.{method.Name}{parameters}", Bytes(instance, method));
            InvokeAll(instance, typeof(GlobalCleanupAttribute));
        }
    }

    /// <summary>One per combination of parameters.</summary>
    static IEnumerable<(string Parameters, object Instance)> Instances(Type type)
    {
        IEnumerable<(PropertyInfo, object?)[]> combinations = [[]];
        foreach (var property in type.GetProperties().Where(static p => p.IsDefined(typeof(ParamsAttribute))))
            combinations = combinations.SelectMany(before =>
                property.GetCustomAttribute<ParamsAttribute>()!.Values.Select(value => ((PropertyInfo, object?)[])[.. before, (property, value)])).ToArray();
        foreach (var combination in combinations)
        {
            var instance = Activator.CreateInstance(type)!;
            foreach (var (property, value) in combination) property.SetValue(instance, value);
            yield return (combination.Length == 0 ? ""
                : $"({string.Join(", ", combination.Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Item1.Name}={c.Item2}")))})",
                instance);
        }
    }

    /// <summary>The least of several rounds: what others allocate in between, such as a pool that grows, is not the method's.</summary>
    static long Bytes(object instance, MethodInfo method)
    {
        var call = Call(instance, method);
        for (var i = 0; i < WarmUps; i++) call();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }

    /// <summary>A delegate, because an invocation by reflection allocates; its result is dropped, one that is awaited has ended when it returns.</summary>
    static Action Call(object instance, MethodInfo method)
    {
        if (method.ReturnType == typeof(void)) return method.CreateDelegate<Action>(instance);
        if (method.ReturnType == typeof(ValueTask))
        {
            var call = method.CreateDelegate<Func<ValueTask>>(instance);
            return () => call().AsTask().GetAwaiter().GetResult();
        }
        return (Action)typeof(AllocationGate).GetMethod(nameof(Dropping), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(method.ReturnType).Invoke(null, [instance, method])!;
    }

    static Action Dropping<T>(object instance, MethodInfo method)
    {
        var call = method.CreateDelegate<Func<T>>(instance);
        return () => call();
    }

    static void InvokeAll(object instance, Type attribute)
    {
        foreach (var method in instance.GetType().GetMethods().Where(m => m.IsDefined(attribute))) method.Invoke(instance, null);
    }
}
