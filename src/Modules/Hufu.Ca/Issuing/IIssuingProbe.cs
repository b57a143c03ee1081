namespace Hufu.Ca.Issuing;

/// <summary>Is told of every step of issuing, before it begins and after it is over; the tests kill the room there (R03, R10).</summary>
/// <remarks>What it throws passes through as if the process had died at that point: no step catches it and nothing is tidied up.</remarks>
internal interface IIssuingProbe
{
    /// <summary>A step begins or is over.</summary>
    /// <param name="step">Which.</param>
    /// <param name="done">False before it, true after it; of steps 3, 7 and 12 true means durable.</param>
    void At(IssuingStep step, bool done);

    /// <summary>Issuing is about to await something (the database, the key centre, its turn), or has just come back from it.</summary>
    void Awaits()
    {
    }
}

/// <summary>The probe of production: nothing.</summary>
internal sealed class NoProbe : IIssuingProbe
{
    public static NoProbe Instance { get; } = new();

    public void At(IssuingStep step, bool done)
    {
    }
}
