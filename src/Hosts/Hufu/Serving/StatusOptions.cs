using Hufu.Hosting;
using Hufu.Ocsp;
using Hufu.Pki;
using Hufu.Publishing;
using Hufu.Tsa;

namespace Hufu.Host.Serving;

/// <summary>What <c>hufu.json</c> says of status, time and repository, as the rooms take it.</summary>
internal static class StatusOptions
{
    /// <summary>Section <c>ocsp</c>.</summary>
    public static OcspOptions Ocsp(HostSettings settings)
    {
        var usual = new OcspOptions();
        var said = settings.Ocsp;
        return usual with
        {
            SignAhead = [.. (said.SignAhead ?? []).Select(hash => hash switch { "sha1" => Oids.Sha1, "sha256" => Oids.Sha256, _ => Oids.Sm3 })],
            UnknownAsHeld = said.Unknown == "held",
            CacheFor = said.CacheSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : usual.CacheFor,
            ArchiveFor = said.ArchiveDays is { } days ? TimeSpan.FromDays(days) : usual.ArchiveFor,
            AddressPerSecond = said.AddressPerSecond ?? usual.AddressPerSecond,
            TokenLibrary = said.TokenLibrary,
            TokenLabel = said.TokenLabel,
            TokenPinFile = said.TokenPinFile,
        };
    }

    /// <summary>Section <c>repository</c>.</summary>
    public static PublishingOptions Repository(HostSettings settings)
    {
        var usual = new PublishingOptions();
        var said = settings.Repository;
        return usual with
        {
            KeepCrlsFor = said.KeepCrlDays is { } days ? TimeSpan.FromDays(days) : usual.KeepCrlsFor,
            PublicSearch = said.PublicSearch ?? usual.PublicSearch,
            SearchPage = said.SearchPage ?? usual.SearchPage,
        };
    }

    /// <summary>Section <c>timeStamps</c>.</summary>
    public static TsaOptions TimeStamps(HostSettings settings)
    {
        var usual = new TsaOptions();
        var said = settings.TimeStamps;
        return usual with
        {
            PolicyOid = settings.TimeStampPolicyOid ?? usual.PolicyOid,
            TimeServers = said.TimeServers ?? usual.TimeServers,
            AskTimeEvery = said.AskEverySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : usual.AskTimeEvery,
            Accuracy = said.AccuracyMilliseconds is { } accuracy ? TimeSpan.FromMilliseconds(accuracy) : null,
            Ordering = said.Ordering ?? usual.Ordering,
            Syntax = said.Profile == "gm" ? MessageSyntax.Gm : MessageSyntax.Cms,
            AddressPerSecond = said.AddressPerSecond ?? usual.AddressPerSecond,
        };
    }
}
