using System.Text;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

public sealed class SecrecyTests
{
    private const int Pairs = 40;

    [Fact]
    public async Task No_private_key_lies_in_database_log_or_any_file()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: Pairs);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var keys = new List<byte[]>();
        for (var i = 0; i < Pairs; i++)
        {
            var number = SerialNumber.Create();
            var answer = await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)));
            using var opened = Assert.IsType<ApplyKeyResult>(Assert.Single(answer.Results)).Key.ToEnvelopedKey().Open(holder);
            var d = new byte[Sm2.PrivateKeySize];
            opened.Export(d);
            keys.Add(d);
            if (i % 2 == 0)
            {
                await centre.AskAsync(ca, ca.Ask(new RevokeKeyRequest(number)));
            }
        }

        Assert.Equal(Pairs, keys.Select(Convert.ToHexString).Distinct().Count());
        var files = Directory.EnumerateFiles(centre.Folder, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0).Select(file => (file, bytes: Read(file))).ToList();
        Assert.Contains(files, file => file.file.EndsWith("kmc.db-wal", StringComparison.Ordinal) && file.bytes.Length > 0);
        Assert.Contains(files, file => file.file.EndsWith("records.jsonl", StringComparison.Ordinal));
        foreach (var d in keys)
        {
            byte[][] forms =
            [
                d, [.. d.Reverse()], Encoding.ASCII.GetBytes(Convert.ToHexStringLower(d)), Encoding.ASCII.GetBytes(Convert.ToHexString(d)),
                Encoding.ASCII.GetBytes(Convert.ToBase64String(d)[..42]), d[..16], d[16..],
            ];
            foreach (var (file, bytes) in files)
            {
                Assert.All(forms, form => Assert.True(bytes.AsSpan().IndexOf(form) < 0, $"A private key lies in {file}."));
            }
        }

        // The search can find: the public halves are there.
        var publicKeys = keys.Select(d => Sm2PrivateKey.TryImport(d, out var key) ? key.PublicKey.Encode() : []);
        Assert.All(publicKeys, point => Assert.Contains(files, file => file.bytes.AsSpan().IndexOf(point) >= 0));
    }

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
