using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Initialisation;

/// <summary>Certifies the key centre's staff with the KM organisation's key.</summary>
internal sealed class KmStaffCertifier(RoomContext context) : IStaffCertifier
{
    /// <summary>The profile of a role's certificates.</summary>
    public static string ProfileOf(string role) => role == Roles.ShareHolder ? "share-holder" : "administrator";

    /// <summary>What the profile's subject is filled with.</summary>
    public static IReadOnlyDictionary<string, string> Fields(string organisation, Policy policy, string role, string name) => new Dictionary<string, string>
    {
        ["organisation"] = organisation,
        ["role"] = policy.Roles[role].TitleZh,
        ["personName"] = name,
    };

    /// <inheritdoc/>
    public async Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct)
    {
        RestoreMark.Demand(context.DataDirectory);
        var serial = SerialNumber.Create();
        var profile = ProfileOf(certification.Role);
        var centre = await context.Database.WriteAsync(
            session =>
            {
                var found = CentreStore.Find(session) ?? throw new RefusedException(RefusalCode.NotInitialised, "The key centre has no certificate yet.");
                CentreStore.Reserve(session, serial, profile, certification.Name, context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
                return found;
            },
            ct);
        var issuer = new KmIssuer(context.Policy, context.Identity.Device.GetSigner(KmIssuer.KeyLabel), context.Clock);
        var certificate = issuer.Issue(
            Certificate.Decode(centre.Certificate), profile, Fields(centre.Organisation, context.Policy, certification.Role, certification.Name), certification.Request.PublicKey, serial);
        await context.Database.WriteAsync(session => CentreStore.Keep(session, certificate), ct);
        return certificate.Encode();
    }
}
