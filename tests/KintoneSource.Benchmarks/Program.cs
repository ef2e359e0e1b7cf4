using System.Globalization;
using KintoneSource.Benchmarks;

if (args is ["quick", ..])
{
    QuickMeasurement.Run(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 1.0, args.Length > 2 ? args[2] : "");
    return;
}
#if BENCHMARKDOTNET
BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(PageTranscodingBenchmarks).Assembly).Run(args);
#else
Console.Error.WriteLine("Natively compiled, only `quick [seconds [name]]` is there.");
#endif
