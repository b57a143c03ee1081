using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>The encryption pair is another pair than the signing pair (R16).</summary>
internal static class EncryptionKeyIsNotSigningKey
{
    /// <exception cref="RefusedException">KeyCentreRefused: the key centre gave the holder's own signing key back.</exception>
    public static void Demand(SubjectPublicKeyInfo encryptionKey, SubjectPublicKeyInfo signingKey)
    {
        if (encryptionKey.Equals(signingKey))
        {
            throw new RefusedException(RefusalCode.KeyCentreRefused, "The key centre answered with the signing key.", "encryptionKey");
        }
    }
}
