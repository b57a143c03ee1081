using System.Diagnostics;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>SM4-GCM and SM4-CCM beside BouncyCastle 1.72 (Debian's libbcprov-java), in both directions: OpenSSL 3.0 knows neither. Random lengths of everything; what was changed anywhere is refused by both.</summary>
public class AgainstBouncyCastle
{
    private const string Jar = "/usr/share/java/bcprov.jar";

    private static int Rounds => Environment.GetEnvironmentVariable("HUFU_LONG") == "1" ? 20_000 : 600;

    private sealed record Case(string Mode, byte[] Key, byte[] Nonce, byte[] Aad, byte[] Plain, byte[] Cipher, byte[] Tag)
    {
        internal string Line(string act, byte[] data, byte[]? nonce = null, byte[]? aad = null) =>
            string.Join(' ', Mode, act, Hex(Key), Hex(nonce ?? Nonce), Hex(aad ?? Aad), 8 * Tag.Length, Hex(data));

        internal bool Open(byte[] cipher, byte[] tag, byte[] plain, byte[]? nonce = null, byte[]? aad = null)
        {
            if (Mode == "gcm")
            {
                using Sm4Gcm gcm = new(Key);
                return gcm.TryDecrypt(nonce ?? Nonce, cipher, tag, plain, aad ?? Aad);
            }

            using Sm4Ccm ccm = new(Key);
            return ccm.TryDecrypt(nonce ?? Nonce, cipher, tag, plain, aad ?? Aad);
        }
    }

    [Theory]
    [InlineData("gcm")]
    [InlineData("ccm")]
    public async Task Each_opens_what_the_other_sealed_and_both_refuse_what_was_changed(string mode)
    {
        Assert.SkipUnless(File.Exists(Jar), $"{Jar} is not there: apt-get install libbcprov-java");
        Case[] cases = [.. Enumerable.Range(0, Rounds).Select(i => Make(mode, i))];
        List<string> questions = [];
        foreach (Case one in cases)
        {
            questions.Add(one.Line("seal", one.Plain));
            questions.Add(one.Line("open", [.. one.Cipher, .. one.Tag]));
            foreach ((byte[] cipher, byte[] tag, byte[] nonce, byte[] aad) in Changed(one))
            {
                questions.Add(one.Line("open", [.. cipher, .. tag], nonce, aad));
            }
        }

        string[] answers = await AskAsync(questions);
        Assert.Equal(questions.Count, answers.Length);
        int at = 0, refused = 0;
        foreach (Case one in cases)
        {
            byte[] sealedByPeer = Octets(answers[at++]), opened = new byte[one.Plain.Length];
            Assert.Equal([.. one.Cipher, .. one.Tag], sealedByPeer);
            Assert.True(one.Open(sealedByPeer[..one.Plain.Length], sealedByPeer[one.Plain.Length..], opened));
            Assert.Equal(one.Plain, opened);
            Assert.Equal(one.Plain, Octets(answers[at++]));
            foreach ((byte[] cipher, byte[] tag, byte[] nonce, byte[] aad) in Changed(one))
            {
                opened.AsSpan().Fill(0x77);
                Assert.Equal("refused", answers[at++]);
                Assert.False(one.Open(cipher, tag, opened, nonce, aad));
                Assert.All(opened, octet => Assert.Equal(0, octet));
                refused++;
            }
        }

        Assert.Equal(answers.Length, at);
        Assert.True(refused > 2 * Rounds);
    }

    private static Case Make(string mode, int i)
    {
        byte[] dice = SecureRandom.GetBytes(8);
        int length = i % 50 == 7 ? 4096 + dice[0] : i % 3 == 0 ? (i / 3 % 70) : (dice[0] * 2) + (dice[1] & 1);
        int aad = i % 100 == 13 ? 0xFF00 - 1 + (i / 100 % 3) : i % 4 == 0 ? 0 : dice[2] % 90; // CCM writes lengths from FF00 on in another form
        int nonce = mode == "ccm" ? 7 + (dice[3] % 7) : i % 2 == 0 ? 12 : 1 + (dice[3] % 64);
        int tag = mode == "ccm" ? 4 + (2 * (dice[4] % 7)) : 12 + (dice[4] % 5);
        Case one = new(mode, SecureRandom.GetBytes(16), SecureRandom.GetBytes(nonce), SecureRandom.GetBytes(aad), SecureRandom.GetBytes(length), new byte[length], new byte[tag]);
        if (mode == "gcm")
        {
            using Sm4Gcm gcm = new(one.Key);
            gcm.Encrypt(one.Nonce, one.Plain, one.Cipher, one.Tag, one.Aad);
        }
        else
        {
            using Sm4Ccm ccm = new(one.Key);
            ccm.Encrypt(one.Nonce, one.Plain, one.Cipher, one.Tag, one.Aad);
        }

        return one;
    }

    // A bit of the tag, of the nonce and, where there are any, of the text and the associated data; which one hangs on the key. Tags of four octets would let one change in 2³² pass: not seen in these numbers.
    private static IEnumerable<(byte[] Cipher, byte[] Tag, byte[] Nonce, byte[] Aad)> Changed(Case one)
    {
        yield return (one.Cipher, Flip(one.Tag, one.Key), one.Nonce, one.Aad);
        yield return (one.Cipher, one.Tag, Flip(one.Nonce, one.Key), one.Aad);
        if (one.Cipher.Length > 0)
        {
            yield return (Flip(one.Cipher, one.Key), one.Tag, one.Nonce, one.Aad);
        }

        if (one.Aad.Length > 0)
        {
            yield return (one.Cipher, one.Tag, one.Nonce, Flip(one.Aad, one.Key));
        }
    }

    private static byte[] Flip(byte[] octets, byte[] seed)
    {
        byte[] changed = (byte[])octets.Clone();
        changed[BitConverter.ToUInt16(seed) % changed.Length] ^= (byte)(1 << (seed[2] & 7));
        return changed;
    }

    private static async Task<string[]> AskAsync(List<string> questions)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
        {
            folder = folder.Parent;
        }

        Assert.SkipUnless(folder is not null, "the source of the judge is not there");
        string source = Path.Combine(folder!.FullName, "tests", "Hufu.Kernel.Tests", "Crypto", "bouncycastle", "Sm4Aead.java");
        ProcessStartInfo start = new("java", ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", Jar, source]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        using Process java = Process.Start(start)!;
        Task<string> reading = java.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (string question in questions)
        {
            await java.StandardInput.WriteLineAsync(question.AsMemory(), TestContext.Current.CancellationToken);
        }

        java.StandardInput.Close();
        string output = await reading;
        await java.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, java.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Hex(byte[] octets) => octets.Length == 0 ? "." : Convert.ToHexStringLower(octets);

    private static byte[] Octets(string hex) => hex == "." ? [] : Convert.FromHexString(hex);
}
