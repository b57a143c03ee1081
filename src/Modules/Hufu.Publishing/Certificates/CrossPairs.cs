using System.Formats.Asn1;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Publishing.Certificates;

// CertificatePair ::= SEQUENCE { forward [0] Certificate OPTIONAL, reverse [1] Certificate OPTIONAL }   (RFC 4523 2.3; explicit tags)
// forward: issued to this CA by another; reverse: issued by this CA to the other. Both in one value when each certifies the key that signed the other.

/// <summary>The cross certificate pairs of a CA, from the linking and cross certificates that the authority's facts have brought.</summary>
internal static class CrossPairs
{
    /// <summary>The values of crossCertificatePair for a CA's entry.</summary>
    /// <returns>DER; none when nothing links it to another CA.</returns>
    public static IReadOnlyList<byte[]> Of(Session session, string ca)
    {
        var links = AuthorityShelf.Links(session);
        if (links.Count == 0)
        {
            return [];
        }

        var own = AuthorityShelf.All(session, ca).Select(der => Certificate.Decode(der)).ToList();
        var forward = links.Where(link => own.Exists(one => IsOf(link, one))).ToList();
        var reverse = links.Where(link => own.Exists(one => IsBy(link, one))).ToList();
        List<byte[]> pairs = [];
        foreach (var to in forward)
        {
            var by = reverse.Find(by => by.IsSignedBy(to) && to.IsSignedBy(by));
            pairs.Add(Encode(to, by));
            if (by is not null)
            {
                reverse.Remove(by);
            }
        }

        pairs.AddRange(reverse.Select(by => Encode(null, by)));
        return pairs;
    }

    /// <summary>The CAs whose pairs a certificate belongs to: that which it was issued to, and that which issued it, as far as they are known here.</summary>
    public static IReadOnlyList<string> Linked(Session session, Certificate link) =>
        [.. AuthorityShelf.Names(session).Where(ca => AuthorityShelf.All(session, ca).Select(der => Certificate.Decode(der)).Any(one => IsOf(link, one) || IsBy(link, one)))];

    private static bool IsOf(Certificate link, Certificate authority) => link.Subject.Equals(authority.Subject) && link.PublicKey.Equals(authority.PublicKey);

    private static bool IsBy(Certificate link, Certificate authority) => link.Issuer.Equals(authority.Subject) && link.IsSignedBy(authority);

    private static byte[] Encode(Certificate? forward, Certificate? reverse)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Write(forward, 0);
            Write(reverse, 1);
        }

        return writer.Encode();

        void Write(Certificate? certificate, int number)
        {
            if (certificate is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, number)))
                {
                    writer.WriteEncodedValue(certificate.RawData.Span);
                }
            }
        }
    }
}
