using System.Diagnostics;
using System.Text;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>A thousand known private keys, searched in everything that a key centre leaves: database, write-ahead log, ledger, device, log output, and the memory of its process.</summary>
public sealed class MemoryTests
{
    private const int Keys = 1000;
    private const string Child = "HUFU_KMC_CHILD";
    private const string ChildPostgres = "HUFU_KMC_CHILD_POSTGRES";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The key centre of the test below, in a process of its own: whoever knows the keys is not in the memory that is searched.
    [Fact]
    public async Task The_key_centre_of_the_search()
    {
        var folder = Environment.GetEnvironmentVariable(Child);
        Assert.SkipWhen(folder is null, "only as the child of the search for private keys");
        var holder = SubjectPublicKeyInfo.Decode(await File.ReadAllBytesAsync(Path.Combine(folder, "holder"), Cancel));
        await using var centre = await KeyCentre.OpenAsync(spares: Keys, postgres: Environment.GetEnvironmentVariable(ChildPostgres));
        using var ca = new TestCa("ca");
        for (var i = 0; i < Keys; i++)
        {
            var number = SerialNumber.Create();
            var answer = await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder)));
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{i}.key"), Assert.IsType<ApplyKeyResult>(Assert.Single(answer.Results)).Key.ToEnvelopedKey().Encode(), Cancel);
            if (i % 3 == 0)
            {
                await centre.AskAsync(ca, ca.Ask(new RevokeKeyRequest(number)));
            }
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "ready.part"), $"{Environment.ProcessId}\n{centre.Folder}", Cancel);
        File.Move(Path.Combine(folder, "ready.part"), Path.Combine(folder, "ready"));
        while (!File.Exists(Path.Combine(folder, "stop")))
        {
            await Task.Delay(50, Cancel);
        }
    }

    [Fact]
    public Task A_thousand_known_private_keys_are_nowhere_in_files_or_a_core_dump() => SearchAsync(null);

    [Fact]
    public async Task A_thousand_known_private_keys_are_nowhere_in_the_files_of_PostgreSQL_or_a_core_dump()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Child) is not null, "this is the child");
        await using var server = await PostgresServer.StartAsync(Cancel);
        await SearchAsync(server);
    }

    private static async Task SearchAsync(PostgresServer? server)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Child) is not null, "this is the child");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "core dumps are taken by createdump on Linux");
        using var folder = new TempFolder();
        using var holder = Sm2KeyPair.Generate();
        await File.WriteAllBytesAsync(folder["holder"], holder.PublicKey.Encode(), Cancel);
        using var child = StartChild(folder.Path, server?.ConnectionString);
        var output = child.StandardOutput.ReadToEndAsync(Cancel);
        try
        {
            for (var i = 0; !File.Exists(folder["ready"]); i++)
            {
                Assert.False(child.HasExited, child.HasExited ? await output : "");
                Assert.True(i < 2400, "The child did not become ready.");
                await Task.Delay(50, Cancel);
            }

            var ready = await File.ReadAllLinesAsync(folder["ready"], Cancel);
            var d = Enumerable.Range(0, Keys).Select(i => PrivateKey(File.ReadAllBytes(folder[$"{i}.key"]), holder)).ToList();
            Assert.Equal(Keys, d.Select(Convert.ToHexString).Distinct().Count());
            var search = new KeySearch(d);

            // The files, those of the write-ahead log among them.
            var files = FileBytes.Below(ready[1]).ToList();
            if (server is null)
            {
                Assert.Contains(files, file => file.EndsWith("kmc.db-wal", StringComparison.Ordinal));
            }
            else
            {
                // Tables and write-ahead log of the server, where the public halves are found.
                await server.RunSqlAsync("hufu", "CHECKPOINT", Cancel);
                var kept = FileBytes.Below(server.Folder).ToList();
                Assert.Contains(kept, file => file.Contains("/pg_wal/", StringComparison.Ordinal));
                Assert.True(Sm2PrivateKey.TryImport(d[0], out var one));
                using (one)
                {
                    var known = new KeySearch([one.PublicKey.Encode()[1..33]]);
                    Assert.Contains(kept, file => file.Contains("/base/", StringComparison.Ordinal) && known.In(file) is not null);
                    Assert.Contains(kept, file => file.Contains("/pg_wal/", StringComparison.Ordinal) && known.In(file) is not null);
                }

                files.AddRange(kept);
            }

            foreach (var file in files)
            {
                try
                {
                    Assert.Null(search.In(file));
                }
                catch (FileNotFoundException) when (Path.GetFileName(file).StartsWith("pg_internal.init", StringComparison.Ordinal))
                {
                    // PostgreSQL's cache of its own catalogue comes and goes while it runs; it holds no rows.
                }
            }

            // The search finds what is there.
            await File.WriteAllBytesAsync(folder["probe"], [.. new byte[1_000_003], .. d[777], 1, 2, 3], Cancel);
            Assert.NotNull(search.In(folder["probe"]));

            var refusal = await DumpAsync(ready[0], folder["core"]);
            await File.WriteAllTextAsync(folder["stop"], "", Cancel);
            Assert.Null(search.InText(await output));
            if (refusal is not null)
            {
                Assert.Skip("No core dump can be taken here: " + refusal);
            }

            Assert.Null(search.In(folder["core"]));

            // The dump is that process: public halves are in it.
            Assert.True(Sm2PrivateKey.TryImport(d[^1], out var last));
            using (last)
            {
                Assert.NotNull(new KeySearch([last.PublicKey.Encode()[1..33]]).In(folder["core"]));
            }
        }
        finally
        {
            await File.WriteAllTextAsync(folder["stop"], "", CancellationToken.None);
            if (!child.WaitForExit(20_000))
            {
                child.Kill();
            }
        }
    }

    private static byte[] PrivateKey(byte[] enveloped, Sm2KeyPair holder)
    {
        using var opened = Sm2EnvelopedKey.Decode(enveloped).Open(holder);
        var d = new byte[Sm2.PrivateKeySize];
        opened.Export(d);
        return d;
    }

    private static Process StartChild(string folder, string? postgres)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (!Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("Hufu.Modules.Tests", StringComparison.Ordinal))
        {
            start.ArgumentList.Add(typeof(MemoryTests).Assembly.Location);
        }

        start.ArgumentList.Add("-method");
        start.ArgumentList.Add("*.The_key_centre_of_the_search");
        start.Environment[Child] = folder;
        start.Environment[ChildPostgres] = postgres;
        return Process.Start(start)!;
    }

    // createdump comes with the runtime; the child was started by this process, so it may be read.
    private static async Task<string?> DumpAsync(string process, string file)
    {
        var tool = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "createdump");
        if (!File.Exists(tool))
        {
            return "the runtime has no createdump";
        }

        using var dump = Process.Start(new ProcessStartInfo(tool, ["--full", "-f", file, process]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var said = await dump.StandardOutput.ReadToEndAsync(Cancel) + await dump.StandardError.ReadToEndAsync(Cancel);
        await dump.WaitForExitAsync(Cancel);
        return dump.ExitCode == 0 && File.Exists(file) ? null : said.Trim();
    }

    /// <summary>Searches big files for many keys at once: as they are, reversed (limbs), each half alone, and as hex and base64.</summary>
    private sealed class KeySearch
    {
        private const int Prefix = 8;
        private readonly Dictionary<ulong, List<byte[]>> _forms = [];
        private readonly bool[] _starts = new bool[65536];

        public KeySearch(IEnumerable<byte[]> keys)
        {
            foreach (var key in keys)
            {
                foreach (var form in new[]
                {
                    key[..16], key[16..], [.. key.Reverse().Take(16)], [.. key.Reverse().Skip(16)], Encoding.ASCII.GetBytes(Convert.ToHexString(key)), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key)),
                    Encoding.ASCII.GetBytes(Convert.ToBase64String(key)[..42]),
                })
                {
                    var start = BitConverter.ToUInt64(form);
                    _starts[(ushort)start] = true;
                    (_forms.TryGetValue(start, out var list) ? list : _forms[start] = []).Add(form);
                }
            }
        }

        public string? InText(string text) => In(Encoding.UTF8.GetBytes(text), "output", 0);

        public string? In(string file)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[1 << 22];
            const int Overlap = 128;
            var kept = 0;
            long at = 0;
            int read;
            while ((read = stream.Read(buffer, kept, buffer.Length - kept)) > 0)
            {
                var have = kept + read;
                if (In(buffer.AsSpan(0, have), file, at) is { } found)
                {
                    return found;
                }

                kept = Math.Min(Overlap, have);
                buffer.AsSpan(have - kept, kept).CopyTo(buffer);
                at += have - kept;
            }

            return null;
        }

        private string? In(ReadOnlySpan<byte> bytes, string where, long offset)
        {
            for (var i = 0; i + Prefix <= bytes.Length; i++)
            {
                if (_starts[bytes[i] | (bytes[i + 1] << 8)] && _forms.TryGetValue(BitConverter.ToUInt64(bytes[i..]), out var forms))
                {
                    foreach (var form in forms)
                    {
                        if (bytes[i..].StartsWith(form))
                        {
                            return $"{where} at {offset + i:x}: a form of {form.Length} bytes";
                        }
                    }
                }
            }

            return null;
        }
    }
}
