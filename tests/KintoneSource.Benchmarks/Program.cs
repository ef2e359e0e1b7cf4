using System.Globalization;
using KintoneSource.Benchmarks;
#if BENCHMARKDOTNET
using KintoneSource.Benchmarks.Processes;
#endif

switch (args)
{
    case ["quick", ..]:
        QuickMeasurement.Run(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 1.0, args.Length > 2 ? args[2] : "");
        break;
#if BENCHMARKDOTNET
    case ["gate", var file, .. var options]:
        return AllocationGate.Run(file, update: options is ["update"]);
    case ["processes", .. var options]:
        ProcessBenchmarks.Run(options);
        break;
    case ["allocation", .. var command]:
        Allocation.Run(command);
        break;
    case ["one-scan", var records, .. var programs] when programs.Length > 0:
        OneScan.Run(programs, int.Parse(records, CultureInfo.InvariantCulture));
        break;
    case ["idle-apps", var apps, "sync_audit", var program]:
        IdleApps.RunAudit(program, int.Parse(apps, CultureInfo.InvariantCulture));
        break;
    case ["idle-apps", var apps, .. var programs] when programs.Length > 0:
        IdleApps.Run(programs, int.Parse(apps, CultureInfo.InvariantCulture));
        break;
    case ["many-apps", var apps, .. var programs] when programs.Length > 0:
        ManyApps.Run(programs, int.Parse(apps, CultureInfo.InvariantCulture));
        break;
    case ["ramp-up", .. var programs] when programs.Length > 0:
        RampUp.Run(programs);
        break;
    case ["shared-apps", var program, var apps, var connections]:
        SharedApps.Run(program, int.Parse(apps, CultureInfo.InvariantCulture), int.Parse(connections, CultureInfo.InvariantCulture));
        break;
    case ["refusals", .. var programs] when programs.Length > 0:
        await Refusals.RunAsync(programs);
        break;
    case ["facts", var before, var now, .. var only]:
        await Facts.RunAsync(before, now, string.Join(' ', only));
        break;
    case ["serve", .. var sizes]:
        await Server.ServeAsync(sizes);
        break;
    default:
        BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(PageTranscodingBenchmarks).Assembly).Run(args);
        break;
#else
    default:
        Console.Error.WriteLine("Natively compiled, only `quick [seconds [name]]` is there.");
        break;
#endif
}
return 0;
