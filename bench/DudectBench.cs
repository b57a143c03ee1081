using System.Diagnostics;
using System.Security.Cryptography;
using Hufu.Crypto;

/// <summary>Does time depend on the secret? Welch's t over times with a fixed secret and with random ones, taken in random order (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2016).</summary>
/// <remarks>ours = |t|, the largest over several cut-offs of the slow tail; peer = 4.5, the bar; ratio = ours / peer: below 1 nothing is seen. The row leaky-… runs code known to vary and must be above 1.</remarks>
internal sealed class DudectBench : IBench
{
    private const int Runs = 1_000_000, Inputs = 512;

    public string Name => "dudect";

    public string Title => "constant time: |t| (ours) against 4.5 (peer), below 1 is good; leaky rows must be above";

    public IEnumerable<BenchRow> Run()
    {
        U256[] secrets = new U256[2 * Inputs]; // the first half one fixed value, the second random
        U256 standing = SecureRandom.NextScalar();
        for (int i = 0; i < Inputs; i++)
        {
            secrets[i] = standing;
            secrets[Inputs + i] = SecureRandom.NextScalar();
        }

        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        U256 digest = SecureRandom.NextScalar();
        byte[] signature = new byte[64], ciphertext = new byte[128], plain = new byte[32];
        yield return Test("sign", Runs, secrets, k => key.TrySign(digest, k, signature));

        key.PublicKey.Encrypt(plain, ciphertext);
        yield return Test("decrypt", Runs, secrets, d => Sm2PrivateKey.Decrypt(d, ciphertext, plain));

        // The same multiple by a method for public scalars, with a scalar of few digits against random ones.
        secrets.AsSpan(0, Inputs).Fill(new U256(1UL << 40, 0, 1, 1));
        Affine<FieldElement> point = key.PublicKey.Point;
        yield return Test("leaky-multiple", 20_000, secrets, t => DoubleScalar.Interleaved(standing, t, point, out _));
    }

    private static BenchRow Test(string name, int runs, U256[] secrets, Action<U256> operation)
    {
        // What is to be judged is the compiler's last word, so its tiers must have passed.
        for (int round = 0; round < 6; round++)
        {
            for (int i = 0; i < 5000; i++)
            {
                operation(secrets[i % (2 * Inputs)]);
            }

            Thread.Sleep(200);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        operation(secrets[0]);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        ushort[] order = new ushort[runs];
        long[] times = new long[runs];
        RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(order.AsSpan()));
        for (int i = 0; i < runs; i++)
        {
            U256 secret = secrets[order[i] % (2 * Inputs)]; // both kinds are used from the same place
            long start = Stopwatch.GetTimestamp();
            operation(secret);
            times[i] = Stopwatch.GetTimestamp() - start;
        }

        long[] sorted = (long[])times.Clone();
        Array.Sort(sorted);
        double t = new[] { 0.5, 0.7, 0.9, 0.99 }.Max(part => Math.Abs(Welch(times, order, sorted[(int)(part * (runs - 1))])));
        return new BenchRow(name, t, 4.5, t / 4.5, allocated);
    }

    private static double Welch(long[] times, ushort[] order, long limit)
    {
        double[] count = new double[2], mean = new double[2], square = new double[2];
        for (int i = 0; i < times.Length; i++)
        {
            if (times[i] <= limit)
            {
                int kind = order[i] % (2 * Inputs) / Inputs;
                double delta = times[i] - mean[kind];
                mean[kind] += delta / ++count[kind];
                square[kind] += delta * (times[i] - mean[kind]);
            }
        }

        return (mean[0] - mean[1]) / Math.Sqrt((square[0] / (count[0] - 1) / count[0]) + (square[1] / (count[1] - 1) / count[1]));
    }
}
