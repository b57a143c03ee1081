using System.Numerics;
using Hufu.Crypto;
using Hufu.Devices;
using Xunit;

namespace Hufu.Kernel.Tests.Devices;

public class ShamirSharesTests
{
    private static readonly BigInteger N = BigInteger.Parse("0FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123", System.Globalization.NumberStyles.HexNumber);

    private static byte[] Secret()
    {
        byte[] secret = new byte[32];
        ShamirShares.MakeSecret(secret);
        return secret;
    }

    private static BigInteger Number(ReadOnlySpan<byte> value) => new(value, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger value)
    {
        byte[] raw = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - raw.Length], .. raw];
    }

    public static IEnumerable<BigInteger> Operands()
    {
        BigInteger[] edges = [0, 1, 2, N - 1, N - 2, N >> 1, (BigInteger.One << 64) - 1, BigInteger.One << 64, (BigInteger.One << 224) - 1];
        return edges.Concat(Enumerable.Range(0, 40).Select(_ => Number(SecureRandom.GetBytes(32)) % N));
    }

    [Fact]
    public void The_field_agrees_with_plain_integers()
    {
        byte[] result = new byte[32];
        foreach (BigInteger a in Operands())
        {
            foreach (BigInteger b in Operands())
            {
                GroupOrder.Add(Bytes(a), Bytes(b), result);
                Assert.Equal((a + b) % N, Number(result));
                GroupOrder.Subtract(Bytes(a), Bytes(b), result);
                Assert.Equal((a - b + N) % N, Number(result));
            }

            GroupOrder.Multiply(Bytes(a), Bytes(N - 1 - a), result);
            Assert.Equal(a * (N - 1 - a) % N, Number(result));
            GroupOrder.Invert(Bytes(a), result);
            Assert.Equal(BigInteger.ModPow(a, N - 2, N), Number(result));
        }

        Assert.True(GroupOrder.IsElement(Bytes(N - 1)));
        Assert.False(GroupOrder.IsElement(Bytes(N)));
        Assert.False(GroupOrder.IsElement(new byte[32]));
    }

    [Fact]
    public void Any_three_of_five_give_the_secret()
    {
        byte[] secret = Secret();
        (IReadOnlyList<SecretShare> shares, ShareCommitments commitments) = ShamirShares.Split(secret, 5, 3);
        int ways = 0;
        foreach (SecretShare a in shares)
        {
            foreach (SecretShare b in shares)
            {
                foreach (SecretShare c in shares)
                {
                    if (a.Number > b.Number && b.Number > c.Number)
                    {
                        byte[] joined = new byte[32];
                        ShamirShares.Join([a, b, c], commitments, joined);
                        Assert.Equal(secret, joined);
                        ways++;
                    }
                }
            }
        }

        Assert.Equal(10, ways);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(7, 4)]
    [InlineData(12, 12)]
    public void Other_numbers_work_too(int count, int threshold)
    {
        byte[] secret = Secret();
        (IReadOnlyList<SecretShare> shares, ShareCommitments commitments) = ShamirShares.Split(secret, count, threshold);
        ShareCommitments read = ShareCommitments.Decode(commitments.Encode());
        Assert.Equal((count, threshold), (read.Shares, read.Threshold));
        Assert.All(shares, s => Assert.True(read.Verify(s)));
        byte[] joined = new byte[32];
        ShamirShares.Join([.. shares.Skip(count - threshold)], read, joined);
        Assert.Equal(secret, joined);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(2, 3)]
    [InlineData(33, 3)]
    public void Numbers_that_make_no_sharing_are_refused(int count, int threshold) =>
        Assert.Equal(DeviceError.OutOfRange, Assert.Throws<DeviceException>(() => ShamirShares.Split(Secret(), count, threshold)).Error);

    [Fact]
    public void Too_few_or_repeated_shares_do_not_do()
    {
        (IReadOnlyList<SecretShare> shares, ShareCommitments commitments) = ShamirShares.Split(Secret(), 5, 3);
        byte[] joined = new byte[32];
        Assert.Equal(DeviceError.TooFewShares, Assert.Throws<DeviceException>(() => ShamirShares.Join([shares[0], shares[1], shares[0]], commitments, joined)).Error);
        Assert.Equal(new byte[32], joined);
    }

    [Fact]
    public void Wrong_shares_are_named()
    {
        (IReadOnlyList<SecretShare> shares, ShareCommitments commitments) = ShamirShares.Split(Secret(), 5, 3);
        byte[] changed = shares[3].Value.ToArray();
        changed[31] ^= 1;
        using SecretShare altered = new(commitments.SetId, 4, changed);
        using SecretShare renumbered = new(commitments.SetId, 2, shares[0].Value);
        DeviceException e = Assert.Throws<DeviceException>(() => ShamirShares.Join([shares[0], altered, shares[2], renumbered], commitments, new byte[32]));
        Assert.Equal(DeviceError.WrongShare, e.Error);
        Assert.Equal([2, 4], e.Shares);
        Assert.Contains("2, 4", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_of_another_dealing_of_the_same_secret_are_named()
    {
        byte[] secret = Secret();
        (IReadOnlyList<SecretShare> shares, ShareCommitments commitments) = ShamirShares.Split(secret, 5, 3);
        (IReadOnlyList<SecretShare> others, ShareCommitments _) = ShamirShares.Split(secret, 5, 3);
        DeviceException e = Assert.Throws<DeviceException>(() => ShamirShares.Join([shares[0], others[1], shares[2]], commitments, new byte[32]));
        Assert.Equal([2], e.Shares);
        using SecretShare disguised = new(commitments.SetId, 2, others[1].Value);
        Assert.False(commitments.Verify(disguised));
    }

    [Fact]
    public void A_share_that_was_put_away_is_gone()
    {
        (IReadOnlyList<SecretShare> shares, ShareCommitments commitments) = ShamirShares.Split(Secret(), 3, 2);
        shares[0].Dispose();
        Assert.Equal(DeviceError.Deactivated, Assert.Throws<DeviceException>(() => commitments.Verify(shares[0])).Error);
    }

    [Fact]
    public void Commitments_that_are_not_ones_are_damage()
    {
        (IReadOnlyList<SecretShare> _, ShareCommitments commitments) = ShamirShares.Split(Secret(), 3, 2);
        byte[] der = commitments.Encode();
        for (int length = 0; length < der.Length; length++)
        {
            Assert.Equal(DeviceError.Damaged, Assert.Throws<DeviceException>(() => ShareCommitments.Decode(der.AsMemory(0, length))).Error);
        }

        der[^1] ^= 1; // a point off the curve
        Assert.Equal(DeviceError.Damaged, Assert.Throws<DeviceException>(() => ShareCommitments.Decode(der)).Error);
    }
}
