using System.Formats.Asn1;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>
/// What makes shares verifiable (Feldman): for the polynomial's coefficients a₀ (the secret), a₁, … the points aⱼ·G of the SM2 group. A share f(i) is right
/// exactly when f(i)·G equals the sum of iʲ·(aⱼ·G). Public; it tells nothing of a random 256-bit secret that an SM2 public key would not tell.
/// </summary>
/// <remarks><c>ShareCommitments ::= SEQUENCE { version INTEGER (1), setId OCTET STRING (16), shares INTEGER, points SEQUENCE OF OCTET STRING (65) }</c></remarks>
public sealed class ShareCommitments
{
    private readonly Sm2PublicKey[] _points;

    internal ShareCommitments(byte[] setId, int shares, Sm2PublicKey[] points)
    {
        SetId = setId;
        Shares = shares;
        _points = points;
    }

    /// <summary>Which dealing this is: 16 random bytes.</summary>
    public byte[] SetId { get; }

    /// <summary>How many shares were dealt.</summary>
    public int Shares { get; }

    /// <summary>How many different shares give the secret back.</summary>
    public int Threshold => _points.Length;

    /// <summary>True when the share is exactly the one that was dealt under its number.</summary>
    public bool Verify(SecretShare share)
    {
        ArgumentNullException.ThrowIfNull(share);
        if (share.Number < 1 || share.Number > Shares || !share.SetId.AsSpan().SequenceEqual(SetId)
            || !Sm2PrivateKey.TryImport(share.Value, out Sm2PrivateKey? value))
        {
            return false;
        }

        using (value)
        {
            CommitmentPoint expected = CommitmentPoint.From(_points[^1]);
            for (int j = _points.Length - 2; j >= 0; j--)
            {
                expected = expected.Times(share.Number).Add(CommitmentPoint.From(_points[j]));
            }

            return CommitmentPoint.From(value!.PublicKey) == expected;
        }
    }

    /// <summary>True when the 32-byte secret is the one that was dealt.</summary>
    internal bool VerifySecret(ReadOnlySpan<byte> secret)
    {
        if (!Sm2PrivateKey.TryImport(secret, out Sm2PrivateKey? value))
        {
            return false;
        }

        using (value)
        {
            return value!.PublicKey.Equals(_points[0]);
        }
    }

    /// <summary>DER as in the remarks.</summary>
    public byte[] Encode()
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(SetId);
            writer.WriteInteger(Shares);
            using (writer.PushSequence())
            {
                foreach (Sm2PublicKey point in _points)
                {
                    writer.WriteOctetString(point.Encode());
                }
            }
        }

        return writer.Encode();
    }

    /// <summary>Reads <see cref="Encode"/>'s bytes. <see cref="DeviceError.Damaged"/> for anything else.</summary>
    public static ShareCommitments Decode(ReadOnlyMemory<byte> der)
    {
        try
        {
            AsnReader outer = new(der, AsnEncodingRules.DER);
            AsnReader reader = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            if (!reader.TryReadInt32(out int version) || version != 1)
            {
                throw Damaged();
            }

            byte[] setId = reader.ReadOctetString();
            if (!reader.TryReadInt32(out int shares) || shares is < ShamirShares.LeastThreshold or > ShamirShares.MostShares || setId.Length != 16)
            {
                throw Damaged();
            }

            AsnReader list = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            List<Sm2PublicKey> points = [];
            while (list.HasData)
            {
                if (points.Count == shares || !Sm2PublicKey.TryDecode(list.ReadOctetString(), out Sm2PublicKey? point))
                {
                    throw Damaged();
                }

                points.Add(point);
            }

            return points.Count >= ShamirShares.LeastThreshold ? new ShareCommitments(setId, shares, [.. points]) : throw Damaged();
        }
        catch (AsnContentException e)
        {
            throw Damaged(e);
        }
    }

    private static DeviceException Damaged(Exception? inner = null) => new(DeviceError.Damaged, "The commitments to the shares are not readable.", inner);
}
