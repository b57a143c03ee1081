namespace Hufu.Ceremony.Authorities;

/// <summary>Times as certificates and transcripts hold them.</summary>
internal static class WholeSecond
{
    public static DateTimeOffset Of(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
