namespace Hufu.Pki;

/// <summary>Recognises sm2p256v1 spelt out (X9.62 SpecifiedECDomain) and refuses every other curve, so that no foreign generator slips in (standards.md 1.1).</summary>
internal static class Sm2DomainParameters
{
    private static readonly byte[] s_p = Convert.FromHexString("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF");
    private static readonly byte[] s_a = Convert.FromHexString("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC");
    private static readonly byte[] s_b = Convert.FromHexString("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93");
    private static readonly byte[] s_n = Convert.FromHexString("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");
    private static readonly byte[] s_g = Convert.FromHexString(
        "0432C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0");

    /// <summary>True for the named curve or for explicit parameters equal to it in every field.</summary>
    internal static bool AreSm2(ReadOnlyMemory<byte> parameters)
    {
        DerReader reader = new(parameters);
        if (reader.PeekTag() == DerTag.ObjectIdentifier)
        {
            return reader.ReadOid() == Oids.Sm2;
        }

        if (reader.PeekTag() != DerTag.Sequence)
        {
            return false;
        }

        Span<byte> number = stackalloc byte[32];
        DerReader domain = reader.ReadSequence();
        if (domain.ReadInt32() is < 1 or > 3)
        {
            return false;
        }

        DerReader field = domain.ReadSequence();
        if (field.ReadOid() != Oids.PrimeField)
        {
            return false;
        }

        field.ReadUnsigned(number);
        bool equal = number.SequenceEqual(s_p);
        DerReader curve = domain.ReadSequence();
        equal &= curve.ReadOctetString().Span.SequenceEqual(s_a);
        equal &= curve.ReadOctetString().Span.SequenceEqual(s_b);
        if (!curve.IsEmpty)
        {
            curve.ReadBitString(); // seed: says how b was found, changes nothing
        }

        ReadOnlySpan<byte> generator = domain.ReadOctetString().Span;
        equal &= generator.SequenceEqual(s_g) || (generator.Length == 33 && generator[0] == 2 && generator[1..].SequenceEqual(s_g.AsSpan(1, 32)));
        domain.ReadUnsigned(number);
        equal &= number.SequenceEqual(s_n);
        if (!domain.IsEmpty)
        {
            equal &= domain.ReadInt32() == 1;
        }

        domain.ThrowIfNotEmpty();
        curve.ThrowIfNotEmpty();
        field.ThrowIfNotEmpty();
        return equal;
    }
}
