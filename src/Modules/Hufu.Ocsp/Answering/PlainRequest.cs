namespace Hufu.Ocsp.Answering;

/// <summary>
/// The request that nearly all clients send: one certificate, no requestor name, no signature, no extension but a nonce. Read in place without allocating, as strictly as <see cref="Hufu.Pki.OcspRequest"/>
/// reads; every other request is left to that.
/// </summary>
internal readonly ref struct PlainRequest
{
    private static ReadOnlySpan<byte> NonceOid => [0x06, 0x09, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];

    private PlainRequest(ReadOnlySpan<byte> certId, ReadOnlySpan<byte> issuer, ReadOnlySpan<byte> serial, ReadOnlySpan<byte> nonce)
    {
        CertId = certId;
        Issuer = issuer;
        Serial = serial;
        Nonce = nonce;
    }

    /// <summary>The CertID, DER.</summary>
    public ReadOnlySpan<byte> CertId { get; }

    /// <summary>What of it names the issuer: hashAlgorithm, issuerNameHash, issuerKeyHash.</summary>
    public ReadOnlySpan<byte> Issuer { get; }

    /// <summary>The content of serialNumber.</summary>
    public ReadOnlySpan<byte> Serial { get; }

    /// <summary>The nonce, 1 to 128 bytes; empty when there is none.</summary>
    public ReadOnlySpan<byte> Nonce { get; }

    /// <summary>Reads a plain request.</summary>
    /// <returns>False when it is another one, well formed or not.</returns>
    public static bool TryRead(ReadOnlySpan<byte> der, out PlainRequest request)
    {
        request = default;
        if (!Whole(der, 0x30, out var outer) || !Whole(outer, 0x30, out var tbs) || !Next(ref tbs, 0x30, out var list) || !Whole(list, 0x30, out var item) || !Whole(item, 0x30, out var id))
        {
            return false;
        }

        var certId = item;
        var start = id;
        if (!Next(ref id, 0x30, out _) || !Next(ref id, 0x04, out _) || !Next(ref id, 0x04, out _))
        {
            return false;
        }

        var issuer = start[..(start.Length - id.Length)];
        if (!Whole(id, 0x02, out var serial) || serial.IsEmpty || (serial.Length > 1 && (serial[0] == 0 ? serial[1] < 0x80 : serial[0] == 0xFF && serial[1] >= 0x80)))
        {
            return false;
        }

        ReadOnlySpan<byte> nonce = default;
        if (!tbs.IsEmpty
            && !(Whole(tbs, 0xA2, out var wrapped) && Whole(wrapped, 0x30, out var extensions) && Whole(extensions, 0x30, out var extension) && extension.StartsWith(NonceOid)
                && Whole(extension[NonceOid.Length..], 0x04, out var value) && Whole(value, 0x04, out nonce) && nonce.Length is >= 1 and <= 128))
        {
            return false;
        }

        request = new PlainRequest(certId, issuer, serial, nonce);
        return true;
    }

    private static bool Whole(ReadOnlySpan<byte> der, byte tag, out ReadOnlySpan<byte> content) => Next(ref der, tag, out content) && der.IsEmpty;

    private static bool Next(scoped ref ReadOnlySpan<byte> der, byte tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (der.Length < 2 || der[0] != tag)
        {
            return false;
        }

        int length = der[1], head = 2;
        if (length >= 0x80)
        {
            // DER: the shortest form only; nothing plain is longer than 64 KiB.
            if (length == 0x81 && der.Length > 2 && der[2] >= 0x80)
            {
                (length, head) = (der[2], 3);
            }
            else if (length == 0x82 && der.Length > 3 && der[2] != 0)
            {
                (length, head) = ((der[2] << 8) | der[3], 4);
            }
            else
            {
                return false;
            }
        }

        if (der.Length - head < length)
        {
            return false;
        }

        content = der.Slice(head, length);
        der = der[(head + length)..];
        return true;
    }
}
