using System.Globalization;
using System.Text.Json;

// Before anything of the kernel is touched: it reads no environment itself.
AppContext.SetSwitch("Hufu.Crypto.Portable", Environment.GetEnvironmentVariable("HUFU_CRYPTO_PATH") == "portable");
AppContext.SetSwitch("Hufu.Crypto.Scalar", Environment.GetEnvironmentVariable("HUFU_CRYPTO_PATH") == "scalar");
AppContext.SetSwitch("Hufu.Crypto.Bare", Environment.GetEnvironmentVariable("HUFU_CRYPTO_PATH") == "bare");

// One class a bench. A new one is added here.
IBench[] benches = [new KernelBench(), new DudectBench(), new StartBench(), new KmcBench(), new CrlBench(), new IssueBench(), new AuditBench(), new OcspBench(), new TsaBench(), new RegistrationBench(), new PortalBench()];

if (args is ["load", ..])
{
    return HttpLoader.Run(args[1..]);
}

string? name = args.FirstOrDefault();
int json = Array.IndexOf(args, "--json");
if (benches.FirstOrDefault(one => one.Name == name) is not { } bench || (json >= 0 && json + 1 >= args.Length))
{
    Console.Error.WriteLine("dotnet run -c Release --project bench -- NAME [--json FILE]");
    Console.Error.WriteLine("NAME: " + string.Join(", ", benches.Select(one => one.Name)));
    return 2;
}

Console.WriteLine(bench.Title);
Console.WriteLine($"{"row",-18}{"ours/s",16}{"peer/s",16}{"ratio",10}{"bytes",8}");
List<BenchRow> rows = [];
foreach (BenchRow row in bench.Run())
{
    rows.Add(row);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Row,-18}{row.Ours,16:N1}{row.Peer,16:N1}{row.Ratio,10:N2}{row.Bytes,8}"));
}

if (json >= 0)
{
    File.WriteAllText(args[json + 1], JsonSerializer.Serialize(rows, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
}

return 0;
