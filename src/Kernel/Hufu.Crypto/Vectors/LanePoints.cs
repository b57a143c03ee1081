namespace Hufu.Crypto;

/// <summary>Points in and out of lanes.</summary>
internal static class LanePoints
{
    internal static void Get(in Jacobian<FieldElement8> lanes, int lane, out Jacobian<FieldElement> p)
    {
        lanes.X.Get(lane, out p.X);
        lanes.Y.Get(lane, out p.Y);
        lanes.Z.Get(lane, out p.Z);
    }

    internal static void Set(ref Affine<FieldElement8> lanes, int lane, in Affine<FieldElement> p)
    {
        lanes.X.Set(lane, p.X);
        lanes.Y.Set(lane, p.Y);
    }
}
