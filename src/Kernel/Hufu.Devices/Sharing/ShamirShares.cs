using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>
/// Shamir's sharing of a 32-byte secret over the field of the SM2 group's order, with Feldman's commitments, so that every share can be checked on its own
/// and a wrong one is named (6.6.2.2-a: five trusted people, any three).
/// </summary>
public static class ShamirShares
{
    /// <summary>Bytes of a secret and of a share's value: a big-endian number from 1 to n − 2.</summary>
    public const int SecretSize = GroupOrder.Size;

    /// <summary>The smallest threshold: one share alone never gives a secret.</summary>
    public const int LeastThreshold = 2;

    /// <summary>The largest number of shares.</summary>
    public const int MostShares = 32;

    /// <summary>A fresh secret that fits: uniform from 1 to n − 2.</summary>
    public static void MakeSecret(Span<byte> secret)
    {
        using Sm2PrivateKey random = Sm2PrivateKey.Generate();
        random.Export(secret[..SecretSize]);
    }

    /// <summary>
    /// Deals <paramref name="shares"/> shares, any <paramref name="threshold"/> of which give the secret back and fewer of which tell nothing.
    /// The secret must come from <see cref="MakeSecret"/>: commitments to one that can be guessed would confirm the guess.
    /// </summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.OutOfRange"/>: threshold under 2 or over shares, more than 32 shares, secret outside 1 to n − 2.</exception>
    public static (IReadOnlyList<SecretShare> Shares, ShareCommitments Commitments) Split(ReadOnlySpan<byte> secret, int shares, int threshold)
    {
        if (threshold < LeastThreshold || threshold > shares || shares > MostShares)
        {
            throw new DeviceException(DeviceError.OutOfRange, $"{threshold} of {shares} is no sharing: at least {LeastThreshold} of at most {MostShares}.");
        }

        byte[] setId = SecureRandom.GetBytes(16);
        Sm2PrivateKey[] coefficients = new Sm2PrivateKey[threshold];
        byte[] scratch = GC.AllocateArray<byte>((threshold + 1) * SecretSize, pinned: true);
        List<SecretShare> dealt = [];
        try
        {
            if (!Sm2PrivateKey.TryImport(secret, out Sm2PrivateKey? constant))
            {
                throw new DeviceException(DeviceError.OutOfRange, "The secret is not a number from 1 to n - 2; make it with MakeSecret.");
            }

            coefficients[0] = constant!;
            for (int j = 1; j < threshold; j++)
            {
                coefficients[j] = Sm2PrivateKey.Generate();
            }

            for (int j = 0; j < threshold; j++)
            {
                coefficients[j].Export(scratch.AsSpan(j * SecretSize, SecretSize));
            }

            Span<byte> value = scratch.AsSpan(threshold * SecretSize);
            Span<byte> at = stackalloc byte[SecretSize];
            at.Clear();
            for (int number = 1; number <= shares; number++)
            {
                at[^1] = (byte)number;
                value.Clear();
                for (int j = threshold - 1; j >= 0; j--)
                {
                    GroupOrder.Multiply(value, at, value);
                    GroupOrder.Add(value, scratch.AsSpan(j * SecretSize, SecretSize), value);
                }

                dealt.Add(new SecretShare(setId, number, value));
            }

            return (dealt, new ShareCommitments(setId, shares, [.. coefficients.Select(c => c.PublicKey)]));
        }
        catch
        {
            dealt.ForEach(s => s.Dispose());
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scratch);
            foreach (Sm2PrivateKey? coefficient in coefficients)
            {
                coefficient?.Dispose();
            }
        }
    }

    /// <summary>Gives the secret back after checking every share against the commitments.</summary>
    /// <exception cref="DeviceException">
    /// <see cref="DeviceError.WrongShare"/> with the numbers of those that are not what was dealt; <see cref="DeviceError.TooFewShares"/>.
    /// </exception>
    public static void Join(IReadOnlyList<SecretShare> shares, ShareCommitments commitments, Span<byte> secret)
    {
        ArgumentNullException.ThrowIfNull(shares);
        ArgumentNullException.ThrowIfNull(commitments);
        int[] wrong = [.. shares.Where(s => !commitments.Verify(s)).Select(s => s.Number).Distinct().Order()];
        if (wrong.Length > 0)
        {
            throw new DeviceException(DeviceError.WrongShare, $"Not what was dealt: share {string.Join(", ", wrong)}. Ask the holder for the right carrier.") { Shares = wrong };
        }

        SecretShare[] used = [.. shares.DistinctBy(s => s.Number).Take(commitments.Threshold)];
        if (used.Length < commitments.Threshold)
        {
            throw new DeviceException(DeviceError.TooFewShares, $"{used.Length} different shares were given; {commitments.Threshold} are needed.");
        }

        Span<byte> term = stackalloc byte[SecretSize];
        Span<byte> divisor = stackalloc byte[SecretSize];
        Span<byte> mine = stackalloc byte[SecretSize];
        Span<byte> other = stackalloc byte[SecretSize];
        mine.Clear();
        other.Clear();
        secret = secret[..SecretSize];
        secret.Clear();
        try
        {
            foreach (SecretShare share in used)
            {
                // Lagrange at 0: f(i) times the product of j / (j - i) over the other shares j
                share.Value.CopyTo(term);
                mine[^1] = (byte)share.Number;
                foreach (SecretShare another in used)
                {
                    if (another.Number != share.Number)
                    {
                        other[^1] = (byte)another.Number;
                        GroupOrder.Subtract(other, mine, divisor);
                        GroupOrder.Invert(divisor, divisor);
                        GroupOrder.Multiply(term, other, term);
                        GroupOrder.Multiply(term, divisor, term);
                    }
                }

                GroupOrder.Add(secret, term, secret);
            }

            if (!commitments.VerifySecret(secret))
            {
                throw new DeviceException(DeviceError.Damaged, "The shares are right but do not give the committed secret.");
            }
        }
        catch
        {
            CryptographicOperations.ZeroMemory(secret);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(term);
        }
    }
}
