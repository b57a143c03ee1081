namespace Hufu.Hosting;

/// <summary>
/// How often the doors that change something are open (POST, PUT, DELETE below <c>/api</c> and <c>/inbox</c>): buckets that fill again every second. More is refused as <c>too-many-requests</c>, 429 with Retry-After.
/// Reading, OCSP and time stamps are not counted here: they are laid for load. An address is an IPv4 address or an IPv6 network of 64 bits, as the connection shows it; what a proxy says is not believed.
/// </summary>
public sealed record DoorLimits
{
    /// <summary>Requests that one address may send at once.</summary>
    public int AddressBurst { get; init; } = 500;

    /// <summary>And from then on every second.</summary>
    public int AddressPerSecond { get; init; } = 100;

    /// <summary>Requests of all addresses together at once.</summary>
    public int TotalBurst { get; init; } = 4000;

    /// <summary>And from then on every second.</summary>
    public int TotalPerSecond { get; init; } = 1000;

    /// <summary>Sign-ins and challenges of one address at once.</summary>
    public int SignInBurst { get; init; } = 120;

    /// <summary>And from then on every second.</summary>
    public int SignInPerSecond { get; init; } = 1;

    internal bool CanBe => new[] { AddressBurst, AddressPerSecond, TotalBurst, TotalPerSecond, SignInBurst, SignInPerSecond }.All(figure => figure is >= 1 and <= 1_000_000);
}
