using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Hierarchy;

/// <summary>When a CA stops issuing: before what is left of its own life falls short of the life of what it issues (6.6.1.6-b).</summary>
internal static class StopIssuing
{
    /// <summary>The first second at which a certificate of the longest-lived profile would outlive the CA.</summary>
    /// <param name="authority">The CA.</param>
    /// <param name="policy">The profiles and their lives.</param>
    /// <param name="profileAuthorities">Which line issues which profile.</param>
    [Clause("6.6.1.6-b")]
    public static DateTimeOffset DateOf(Authority authority, Policy policy, IReadOnlyDictionary<string, string> profileAuthorities)
    {
        var issuer = authority.Line == AuthorityNames.Root ? ProfileIssuer.Root : ProfileIssuer.Operational;
        var lives = policy.Profiles.Values
            .Where(profile => profile.Issuers.Contains(issuer) && (issuer == ProfileIssuer.Root || profileAuthorities.GetValueOrDefault(profile.Id, AuthorityNames.Operational) == authority.Line))
            .Select(profile => profile.Life).ToList();
        return lives.Count == 0 ? authority.Certificate.NotAfter : lives.Min(life => LastStart(life, authority.Certificate.NotAfter)).AddSeconds(1);
    }

    // The last second at which a certificate of this life may begin and still end with the CA: months are not all as long, so it is found and not reckoned.
    private static DateTimeOffset LastStart(CalendarPeriod life, DateTimeOffset end)
    {
        var start = life.Before(end).AddDays(3);
        while (life.InclusiveEnd(start) > end)
        {
            var over = life.InclusiveEnd(start) - end;
            start -= over > TimeSpan.FromHours(1) ? over / 2 : TimeSpan.FromSeconds(1);
            start = new DateTimeOffset(start.Ticks - (start.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        }

        while (life.InclusiveEnd(start.AddSeconds(1)) <= end)
        {
            start = start.AddSeconds(1);
        }

        return start;
    }
}
