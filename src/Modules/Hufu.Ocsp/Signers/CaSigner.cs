using Hufu.Contracts;
using Hufu.Ocsp.Answering;

namespace Hufu.Ocsp.Signers;

/// <summary>A P-256 CA and who speaks for it, as they are at a moment; replaced as a whole.</summary>
/// <param name="Ca">The CA's name.</param>
/// <param name="Forms">Its certificates in every form of CertID.</param>
/// <param name="View">The signer, by its newest certificate; null while none is certified.</param>
internal sealed record CaSigner(string Ca, IReadOnlyList<Issuer> Forms, ResponderView? View)
{
    /// <summary>Whether a CertID that begins with these bytes is about it.</summary>
    public bool Names(ReadOnlySpan<byte> prefix)
    {
        foreach (var form in Forms)
        {
            if (prefix.SequenceEqual(form.Prefix))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Why it does not speak now; null when it does.</summary>
    /// <param name="now">Unix seconds.</param>
    public Refusal? SilentAt(long now) => View switch
    {
        null => new Refusal(RefusalCode.NotInitialised, $"The key that speaks for '{Ca}' waits to be certified."),
        _ when !View.IsValidAt(now) => new Refusal(RefusalCode.CertificateNotValid, $"The certificate that speaks for '{Ca}' ended at {View.Frame.Certificate.NotAfter:yyyy-MM-dd'T'HH:mm:ss'Z'}."),
        // It says of itself that nobody is to ask about it (id-pkix-ocsp-nocheck): then who signs with it has to look.
        _ when Forms[0].Index.Find(View.Frame.Certificate.SerialNumber.Content).Standing == Status.Standing.Revoked =>
            new Refusal(RefusalCode.CertificateNotValid, $"The certificate that speaks for '{Ca}' is revoked."),
        _ => null,
    };
}
