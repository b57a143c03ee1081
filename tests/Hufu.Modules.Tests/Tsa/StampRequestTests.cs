using System.Numerics;
using Hufu.Pki;
using Hufu.Tsa;
using Hufu.Tsa.Tokens;
using Xunit;

namespace Hufu.Modules.Tests.Tsa;

/// <summary>The usual request is read without allocating; what that lets through is exactly what the strict reader lets through, value for value.</summary>
public sealed class StampRequestTests
{
    private static readonly TsaOptions s_options = new();

    public static TheoryData<string> Requests { get; } =
    [
        Hex(TimeStampRequest.Create(MessageImprint.OfData("a"u8), 77, true, s_options.PolicyOid)),
        Hex(TimeStampRequest.Create(MessageImprint.OfData("b"u8), null, false)),
        Hex(TimeStampRequest.Create(MessageImprint.OfData("c"u8), -5, true)),
        Hex(TimeStampRequest.Create(MessageImprint.OfData("d"u8), BigInteger.Pow(2, 255), false)),
        Hex(TimeStampRequest.Create(MessageImprint.OfData("e"u8), BigInteger.Pow(2, 500), false)),
        Hex(TimeStampRequest.Create(new MessageImprint(AlgorithmIdentifier.Create(Oids.Sha256, new byte[] { 5, 0 }), new byte[32]), 1, true)),
        Hex(TimeStampRequest.Create(new MessageImprint(AlgorithmIdentifier.Create(Oids.Sha256, null), new byte[32]), 0, true, "1.2.3.4")),
        Hex(TimeStampRequest.Create(new MessageImprint(AlgorithmIdentifier.Create(Oids.Sm3, new byte[] { 5, 0 }), new byte[32]), null, true, s_options.PolicyOid)),
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public void Every_reading_is_that_of_the_strict_reader(string hex)
    {
        var good = Convert.FromHexString(hex);
        Compare(good);
        for (var at = 0; at < good.Length; at++)
        {
            foreach (byte change in new byte[] { 0x01, 0x02, 0x04, 0x80, 0x81, 0xFF })
            {
                var broken = good.ToArray();
                broken[at] ^= change;
                Compare(broken);
            }

            Compare(good[..at]);
            Compare([.. good, .. good.AsSpan(at)]);
        }
    }

    private static void Compare(byte[] der)
    {
        var work = new StampWork();
        var refusal = new StampRequest(s_options).Read(der, MessageSyntax.Gm, work);
        TimeStampRequest strict;
        try
        {
            strict = TimeStampRequest.Decode(der);
        }
        catch (PkiException)
        {
            Assert.NotNull(refusal);
            return;
        }

        Assert.Equal(strict.Extensions.Count == 0 && strict.Imprint.IsSupported && (strict.Policy is null || strict.Policy == s_options.PolicyOid), refusal is null);
        if (refusal is null)
        {
            Assert.Equal(strict.Imprint.HashAlgorithm.Oid, work.AlgorithmOid);
            Assert.Equal(strict.Imprint.HashAlgorithm.RawData.ToArray(), work.Algorithm.ToArray());
            Assert.Equal(strict.Imprint.Hash.ToArray(), work.Hash.ToArray());
            Assert.Equal(strict.Nonce, work.Nonce.IsEmpty ? null : new BigInteger(work.Nonce, isBigEndian: true));
            Assert.Equal((strict.CertificateRequested, MessageSyntax.Gm), (work.CertificateRequested, work.Syntax));
        }
    }

    private static string Hex(TimeStampRequest request) => Convert.ToHexStringLower(request.Encode());
}
