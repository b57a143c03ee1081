using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Kmc.Recovery;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Records;

namespace Hufu.Kmc.Serving;

/// <summary>What the key centre decides about a CA's requests. Reads only.</summary>
/// <param name="policy">Longest life of a holder's certificate.</param>
/// <param name="escrowed">Keys that were made here, which no holder may have.</param>
/// <param name="clock">The room's clock.</param>
/// <param name="options">The agreed points.</param>
internal sealed class RequestRules(Policy policy, EscrowedKeys escrowed, TimeProvider clock, KmcOptions options)
{
    private const int LongestText = 256;

    /// <summary>Begins a snapshot: the keys that were made until then are known when its requests are decided.</summary>
    /// <param name="session">The snapshot.</param>
    public void Begin(Session session) => escrowed.Catch(session);

    /// <summary>Whether a kept answer was given under a certificate of the key centre's.</summary>
    public bool IsUnder(byte[] answer, Certificate certificate) => KmRespond.Decode(answer).KmName.Matches(certificate, options.Gmt0014);

    /// <summary>The plan for one request.</summary>
    /// <param name="session">A snapshot of the stores, begun.</param>
    /// <param name="ca">The CA's name.</param>
    /// <param name="authorities">Keys that no holder may have: the CA's and the key centre's own.</param>
    /// <param name="request">The request.</param>
    public Plan Decide(Session session, string ca, IReadOnlyList<SubjectPublicKeyInfo> authorities, KeyRequest request)
    {
        try
        {
            return request.UserCertificateNumber.IsPositive
                ? request switch
                {
                    ApplyKeyRequest apply => Apply(session, ca, authorities, apply),
                    RestoreKeyRequest restore => Restore(session, ca, authorities, restore),
                    RevokeKeyRequest revoke => new RetirePair(revoke.UserCertificateNumber, Known(session, ca, revoke)),
                    _ => throw new RefusedException(RefusalCode.Malformed, "The request is of an unknown kind."),
                }
                : throw new RefusedException(RefusalCode.FieldInvalid, "userCertNo must be a positive number.", "userCertNo");
        }
        catch (RefusedException refused)
        {
            return new RefuseRequest(request.UserCertificateNumber, refused.Refusal);
        }
    }

    [Clause("6.6.2.1-f")]
    private Plan Apply(Session session, string ca, IReadOnlyList<SubjectPublicKeyInfo> authorities, ApplyKeyRequest request)
    {
        // GM/T 0014 5.2.3.1: SM2 is the one algorithm here.
        if (request.KeyType.Oid != Oids.Sm2 || request.KeyLength != 256)
        {
            throw new RefusedException(RefusalCode.KeyWeak, $"appKeyType {request.KeyType.Oid} with {request.KeyLength} bits; only SM2 with 256 is made.", "appKeyType");
        }

        CheckReturn(request.ReturnAlgorithms);
        var user = request.User;
        if (user.NotAfter <= clock.GetUtcNow() || !policy.Values.LongestHolderLife.Covers(user.NotBefore, user.NotAfter))
        {
            throw new RefusedException(
                RefusalCode.FieldInvalid, $"The validity must end in the future and last no longer than {policy.Values.LongestHolderLife}.", "notAfter");
        }

        CheckText("userName", user.UserName);
        CheckText("dsCode", user.DistrictCode);
        CheckText("extendInfo", user.ExtendInfo);

        var point = HolderKeys.Require(escrowed, authorities, user.UserPublicKey, "userPubKey");
        var key = point.Encode();
        var number = request.UserCertificateNumber;
        if (PairStores.Find(session, ca, number.ToString(), out var destroyed) is { } pair)
        {
            return pair.InHistory
                ? throw new RefusedException(RefusalCode.StateWrong, $"The pair of certificate {number} is in the history store.", "userCertNo")
                : pair.HolderKey.AsSpan().SequenceEqual(key)
                    ? new GiveAgain(number, pair)
                    : throw new RefusedException(RefusalCode.KeyReused, $"Certificate number {number} already has a pair, given to another signing key.", "userCertNo");
        }

        return destroyed ? throw new RefusedException(RefusalCode.StateWrong, $"The pair of certificate {number} has been destroyed.", "userCertNo") : new GivePair(
            number,
            new Holder(
                ca, number.ToString(), key, user.NotBefore.ToUnixTimeMilliseconds(), user.NotAfter.ToUnixTimeMilliseconds(), user.UserName, user.DistrictCode, user.ExtendInfo),
            point);
    }

    private RestorePair Restore(Session session, string ca, IReadOnlyList<SubjectPublicKeyInfo> authorities, RestoreKeyRequest request)
    {
        CheckReturn(request.ReturnAlgorithms);
        var key = HolderKeys.Require(escrowed, authorities, request.UserPublicKey, "userPubKey");
        var pair = Known(session, ca, request);
        return options.RestoreToAnotherKey || pair.HolderKey.AsSpan().SequenceEqual(key.Encode())
            || RecoveryGrants.Covers(session, ca, request.UserCertificateNumber.ToString(), key.Encode(), clock.GetUtcNow().ToUnixTimeMilliseconds())
            ? new RestorePair(request.UserCertificateNumber, pair, key)
            : throw new RefusedException(
                RefusalCode.StateWrong, "Recovery to another signing key is done by a business administrator and an operator of the key centre (6.2.8-b).", "userPubKey");
    }

    private static void CheckText(string name, string? text)
    {
        if (text?.Length > LongestText)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"{name} has more than {LongestText} characters.", name);
        }
    }

    private static HeldPair Known(Session session, string ca, KeyRequest request) =>
        PairStores.Find(session, ca, request.UserCertificateNumber.ToString())
        ?? throw new RefusedException(RefusalCode.UnknownObject, $"No pair was given for certificate number {request.UserCertificateNumber}.", "userCertNo");

    private static void CheckReturn(ReturnAlgorithms algorithms)
    {
        if (!algorithms.AreSupported)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "The private key is returned under SM2, SM4 and SM3 only.", "retAsymAlg");
        }
    }
}
